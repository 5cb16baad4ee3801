"""What must be true of the whole database, looked at by day and by night.

Constraints and triggers hold most of it already; this looks whether they are there, and whether what they should have
kept out is out all the same: after a restore, a change by hand, or an error of a release. A package registers an
``Invariant`` when it is ready.
"""

from concord.portal.invariants.kinds import Invariant, Violation, by_statement, invariants, register_invariant
from concord.portal.invariants.runs import broken_invariants, check_due, keep_check, last_checks

__all__ = [
    "Invariant",
    "Violation",
    "broken_invariants",
    "by_statement",
    "check_due",
    "invariants",
    "keep_check",
    "last_checks",
    "register_invariant",
]

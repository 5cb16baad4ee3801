"""`python3 -m ops COMMAND`: what the Makefile calls.

Kept to syntax that every Python 3 reads: it must be able to say that this one is too old.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
COMMANDS = {
    "demo": "ops.demo",
    "demo-reset": "ops.demo",
    "demo-stop": "ops.demo",
    "test": "ops.checks",
    "lint": "ops.checks",
    "bench": "ops.checks",
    "bench-quick": "ops.checks",
    "messages": "ops.checks",
    "install": "ops.checks",
}


def newer_python() -> "str | None":
    test = "import sys; sys.exit(sys.version_info < (3, {}))".format(OLDEST[1])
    for name in ["python3"] + ["python3.{}".format(minor) for minor in range(20, OLDEST[1] - 1, -1)]:
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", test]) == 0:
            return path
    return None


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit("usage: python3 -m ops " + "|".join(COMMANDS))
    if sys.version_info < OLDEST:
        path = newer_python()
        if path is None:
            sys.exit("Concord needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info))
        os.execv(path, [path, "-m", "ops", *sys.argv[1:]])
    module = __import__(COMMANDS[sys.argv[1]], fromlist=["main"])
    sys.exit(module.main(sys.argv[1:]))


main()

"""The append-only log: recording facts, their public order, and what follows from them."""

from concord.portal.events.consumers import Consumer, register_consumer
from concord.portal.events.record import Fact, Subject, record, record_all

__all__ = ["Consumer", "Fact", "Subject", "record", "record_all", "register_consumer"]

"""The append-only log: recording facts, their public order, and what follows from them."""

from concord.portal.events.consumers import Consumer, register_consumer
from concord.portal.events.record import Subject, record

__all__ = ["Consumer", "Subject", "record", "register_consumer"]

"""What the worker does for orders, by the clock and when something happened."""

from gulou.outbox.table import Envelope

from . import operations


def forget_erased(envelope: Envelope) -> None:
    """When words were erased: no notice keeps them. Twice does no harm."""
    operations.forget_erased(envelope.subject_uid, envelope.fact.words)


def follow_case(envelope: Envelope) -> None:
    """When a case was merged or split off: its open orders are with who answers for it now. Twice
    does no harm."""
    operations.follow_case(envelope.subject_uid)


def tell_who_left(envelope: Envelope) -> None:
    """When somebody's access was closed: their orders need another person. Twice does no harm."""
    operations.tell_who_left()


def tell_of_who_left() -> int:
    """The same for people whose last posting ended; how many."""
    return operations.tell_who_left()


def watch_orders() -> int:
    """Tell who is to know that the time of an order runs out."""
    return operations.watch_orders()

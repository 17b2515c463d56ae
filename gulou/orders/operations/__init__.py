"""Everything that can be done to an order: lock, allow, check, change, record."""

from .answering import (
    accept_answer,
    answer_order,
    send_back,
)
from .following import (
    follow_case,
)
from .giving import (
    MOST_AT_ONCE,
    Outcome,
    give_order,
    give_orders,
    hand_order_on,
    withdraw_order,
)
from .leaving import (
    tell_who_left,
)
from .official import (
    forget_erased,
    issue_notice,
    switch_official,
)
from .watching import (
    watch_orders,
)

__all__ = [
    "MOST_AT_ONCE",
    "Outcome",
    "accept_answer",
    "answer_order",
    "follow_case",
    "forget_erased",
    "give_order",
    "give_orders",
    "hand_order_on",
    "issue_notice",
    "send_back",
    "switch_official",
    "tell_who_left",
    "watch_orders",
    "withdraw_order",
]

"""Everything that can be done to a joint operation: lock, allow, check, change, record."""

from .about import (
    MOST_CASES,
    add_cases,
    drop_case,
)
from .erasing import (
    erase_words,
)
from .parts import (
    Part,
    add_task,
    call_off_task,
    change_task,
    report_task,
    send_task_back,
    tell_late,
)
from .planning import (
    Plan,
    change_plan,
    plan_operation,
)
from .progress import (
    begin_operation,
    call_off_operation,
    close_operation,
)
from .succession import (
    hand_over_all,
    hand_over_parts,
)

__all__ = [
    "MOST_CASES",
    "Part",
    "Plan",
    "add_cases",
    "add_task",
    "begin_operation",
    "call_off_operation",
    "call_off_task",
    "change_plan",
    "change_task",
    "close_operation",
    "drop_case",
    "erase_words",
    "hand_over_all",
    "hand_over_parts",
    "plan_operation",
    "report_task",
    "send_task_back",
    "tell_late",
]

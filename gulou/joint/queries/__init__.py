"""Every way of reading joint operations. Each takes the reader, and shows what that reader may see.

Who reads the cases of a unit reads the operations that it leads or has a part of; whoever takes part
sees the whole plan and which cases it is about, and opens those that are theirs to see.
"""

from .beside import (
    About,
    Concerned,
    Due,
    concerned,
    due_for,
    operations_about,
    operations_with,
    uses_of_unit,
)
from .figures import (
    PartFigures,
    part_figures,
)
from .lists import (
    PAGE,
    TABS,
    Line,
    lines,
    tab_counts,
)
from .record import (
    CaseSeen,
    Entry,
    OperationSeen,
    TaskSeen,
    operation_of,
)
from .seen import (
    case_in,
    cases_named,
    leading_units,
    may_plan,
    operation_seen_by,
    operations_seen_by,
    task_photo_seen_by,
)

__all__ = [
    "PAGE",
    "TABS",
    "About",
    "CaseSeen",
    "Concerned",
    "Due",
    "Entry",
    "Line",
    "OperationSeen",
    "PartFigures",
    "TaskSeen",
    "case_in",
    "cases_named",
    "concerned",
    "due_for",
    "leading_units",
    "lines",
    "may_plan",
    "operation_of",
    "operation_seen_by",
    "operations_about",
    "operations_seen_by",
    "operations_with",
    "part_figures",
    "tab_counts",
    "task_photo_seen_by",
    "uses_of_unit",
]

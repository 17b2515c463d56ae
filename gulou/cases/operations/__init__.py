"""Everything that can be done to a report or a case: lock, allow, check, change, record."""

from .answers import (
    answer_reports,
    combine_reports,
    object_to_case,
    progress_reports,
    rate_case,
    uphold_case,
    write_to_reports,
)
from .arbitration import arbitrate_case, make_rule_of
from .assigning import assign_recheck, hand_over_recheck, take_over_recheck
from .delegation import delegate_part, report_part, send_part_down, take_part_back
from .entering import (
    AssignedDetails,
    LetterDetails,
    answer_assignment,
    enter_report,
    reports_of_caller,
)
from .figures import compute_figures
from .ground import Evidence
from .intake import ContactDetails, Snap, receive_report
from .past import PastCase, known_lines, take_in
from .recompute import Outlook, preview_deadlines, recompute_deadlines
from .records import (
    change_covers,
    erase_contact,
    erase_words,
    hand_over_link,
    note_case,
    release_photos,
    reveal_contact,
    urge_case,
)
from .recurrences import judge_recurrence, suspect_recurrences
from .review import close_case, name_rechecker, reopen_case, rework_case
from .revisits import (
    answer_revisit,
    begin_look_backs,
    hand_over_revisit,
    name_revisitor,
    sample_closed,
    skip_revisits,
)
from .succession import give_back_steps, hand_over_cases
from .time import appeal, ask_extension, ask_suspension, resume_clock, rule
from .triage import (
    decline_case,
    file_case,
    merge_case,
    redirect_case,
    split_case,
    task_verification,
    verify_case,
)
from .undo import undo_move
from .watching import watch_clocks
from .work import accept_case, dispatch_case, handle_case, rectify_on_the_spot, return_case

__all__ = [
    "AssignedDetails",
    "ContactDetails",
    "Evidence",
    "LetterDetails",
    "Outlook",
    "PastCase",
    "Snap",
    "accept_case",
    "answer_assignment",
    "answer_reports",
    "answer_revisit",
    "appeal",
    "arbitrate_case",
    "ask_extension",
    "ask_suspension",
    "assign_recheck",
    "begin_look_backs",
    "change_covers",
    "close_case",
    "combine_reports",
    "compute_figures",
    "decline_case",
    "delegate_part",
    "dispatch_case",
    "enter_report",
    "erase_contact",
    "erase_words",
    "file_case",
    "give_back_steps",
    "hand_over_cases",
    "hand_over_link",
    "hand_over_recheck",
    "hand_over_revisit",
    "handle_case",
    "judge_recurrence",
    "known_lines",
    "make_rule_of",
    "merge_case",
    "name_rechecker",
    "name_revisitor",
    "note_case",
    "object_to_case",
    "preview_deadlines",
    "progress_reports",
    "rate_case",
    "receive_report",
    "recompute_deadlines",
    "rectify_on_the_spot",
    "redirect_case",
    "release_photos",
    "reopen_case",
    "report_part",
    "reports_of_caller",
    "resume_clock",
    "return_case",
    "reveal_contact",
    "rework_case",
    "rule",
    "sample_closed",
    "send_part_down",
    "skip_revisits",
    "split_case",
    "suspect_recurrences",
    "take_in",
    "take_over_recheck",
    "take_part_back",
    "task_verification",
    "undo_move",
    "uphold_case",
    "urge_case",
    "verify_case",
    "watch_clocks",
    "write_to_reports",
]

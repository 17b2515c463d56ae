"""Reports, cases, the steps of work on them, and the words that may be erased."""

from .arbitration import Arbitration, Cause, Statement
from .assigned import Assignment, AssignmentReply, ReplyForm
from .beside import Findable, Origin
from .case import Case, Source
from .counts import Counted, PublicFigures, Tally, TallyChange
from .evidence import CasePhoto, PhotoKind
from .findings import FakedPhoto, Finding, FindingKind
from .recurrence import Recurrence
from .report import Answer, Channel, Letter, Report
from .revisit import Revisit, RevisitKind
from .time import Plea, PleaKind, Ruling, Warned
from .words import Contact, Words
from .work import Before, Note, Step

__all__ = [
    "Answer",
    "Arbitration",
    "Assignment",
    "AssignmentReply",
    "Before",
    "Case",
    "CasePhoto",
    "Cause",
    "Channel",
    "Contact",
    "Counted",
    "FakedPhoto",
    "Findable",
    "Finding",
    "FindingKind",
    "Letter",
    "Note",
    "Origin",
    "PhotoKind",
    "Plea",
    "PleaKind",
    "PublicFigures",
    "Recurrence",
    "ReplyForm",
    "Report",
    "Revisit",
    "RevisitKind",
    "Ruling",
    "Source",
    "Statement",
    "Step",
    "Tally",
    "TallyChange",
    "Warned",
    "Words",
]

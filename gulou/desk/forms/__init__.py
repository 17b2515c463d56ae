"""The forms of the desk. They check shape; whether it may be done is the operation's to say."""

from .ground import MoveForm, PlainForm, ReasonForm, WordsForm
from .parts import DelegateForm, ReportUpForm, SendDownForm, TakeBackForm
from .review import (
    CloseForm,
    HandOverForm,
    NameForm,
    ReleaseForm,
    ReopenForm,
    ReworkForm,
    UpholdForm,
)
from .time import AppealForm, ExtendForm, ResumeForm, RuleForm, SuspendForm
from .triage import (
    DeclineForm,
    DispatchForm,
    FileForm,
    MergeForm,
    OnSpotForm,
    RedirectForm,
    TaskForm,
)
from .work import ArbitrateForm, HandleForm, NoteForm, ReplyForm, ReturnForm, UrgeForm, VerifyForm

__all__ = [
    "AppealForm",
    "ArbitrateForm",
    "CloseForm",
    "DeclineForm",
    "DelegateForm",
    "DispatchForm",
    "ExtendForm",
    "FileForm",
    "HandOverForm",
    "HandleForm",
    "MergeForm",
    "MoveForm",
    "NameForm",
    "NoteForm",
    "OnSpotForm",
    "PlainForm",
    "ReasonForm",
    "RedirectForm",
    "ReleaseForm",
    "ReopenForm",
    "ReplyForm",
    "ReportUpForm",
    "ResumeForm",
    "ReturnForm",
    "ReworkForm",
    "RuleForm",
    "SendDownForm",
    "SuspendForm",
    "TakeBackForm",
    "TaskForm",
    "UpholdForm",
    "UrgeForm",
    "VerifyForm",
    "WordsForm",
]

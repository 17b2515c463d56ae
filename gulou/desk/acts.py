"""What each move looks like on a page: its form, its key, and the one operation it calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases import operations, states
from gulou.cases.operations import Evidence
from gulou.cases.states import Move, State, StepKind
from gulou.kit.errors import NotFound
from gulou.workbench import operations as workbench

from . import forms

if TYPE_CHECKING:
    from gulou.cases.models import Case
    from gulou.cases.queries import Record
    from gulou.people.models import User


@dataclass(frozen=True)
class Sent:
    """A form that was sent and has the right shape."""

    case: "Case"
    by: "User"
    form: Any
    evidence: Evidence

    def __getitem__(self, name: str) -> Any:
        return self.form.cleaned_data.get(name)

    @property
    def common(self) -> dict[str, Any]:
        """What every move takes."""
        return {"by": self.by, "words": self["words"] or "", "seen": self["seen"]}


@dataclass(frozen=True)
class Act:
    """One move on the page. `key`, if it has one, is pressed to open its form; `done` is said
    afterwards."""

    move: Move
    form: type[forms.MoveForm]
    run: Callable[[Sent], Any]
    sign: str
    key: str
    done: Any
    danger: bool = False

    @property
    def name(self) -> str:
        """The name of the move, as in its address."""
        return self.move.name


def _file(sent: Sent) -> Any:
    return operations.file_case(
        sent.case, category_id=sent["category"], condition_id=_condition(sent),
        summary=sent["summary"], address=sent["address"], **sent.common,
    )  # fmt: skip


def _condition(sent: Sent) -> int | None:
    found: int | None = sent["condition"]
    return found


def _dispatch(sent: Sent) -> Any:
    return operations.dispatch_case(
        sent.case, unit_id=sent["unit"], assisting=sent["assisting"] or (),
        condition_id=_condition(sent), **sent.common,
    )  # fmt: skip


def _task(sent: Sent) -> Any:
    person = sent.form.able[sent["person"]] if sent["person"] else None
    return operations.task_verification(
        sent.case, unit_id=sent["unit"], person=person, **sent.common
    )


def _delegate(sent: Sent) -> Any:
    person = sent.form.able[sent["person"]] if sent["person"] else None
    return operations.delegate_part(
        sent.case, unit_id=sent["unit"], person=person, due_at=sent["due"], **sent.common
    )


def _release(sent: Sent) -> Any:
    return operations.release_photos(
        sent.case, by=sent.by, uids=sent["public"] or (), summary=sent["summary"],
        seen=sent["seen"],
    )  # fmt: skip


def _note(sent: Sent) -> Any:
    return workbench.note_and_mention(
        sent.case, evidence=sent.evidence, public=sent["audience"] == "public",
        people=[sent.form.able[pk] for pk in sent["mention"] or ()], **sent.common,
    )  # fmt: skip


def _reply(sent: Sent) -> Any:
    return operations.answer_assignment(
        sent.case, form=sent["how"], evidence=sent.evidence, shown=tuple(sent["shown"] or ()),
        **sent.common,
    )  # fmt: skip


def _return(sent: Sent) -> Any:
    return operations.return_case(
        sent.case, reason_id=sent["reason"], named_id=sent["named"], evidence=sent.evidence,
        **sent.common,
    )  # fmt: skip


def _until(sent: Sent) -> Any:
    """The end of the chosen day, where the office is."""
    day = sent["until"]
    return timezone.make_aware(datetime.combine(day, time.max)) if day else None


def _with_reason(operation: Callable[..., Any]) -> Callable[[Sent], Any]:
    return lambda sent: operation(sent.case, reason_id=sent["reason"], **sent.common)


def _with_photos(operation: Callable[..., Any]) -> Callable[[Sent], Any]:
    return lambda sent: operation(sent.case, evidence=sent.evidence, **sent.common)


def _plain(operation: Callable[..., Any]) -> Callable[[Sent], Any]:
    return lambda sent: operation(sent.case, **sent.common)


# fmt: off
_ACTS = (
    Act(states.VERIFY, forms.VerifyForm,
        lambda s: operations.verify_case(
            s.case, found=s["found"] == "yes", evidence=s.evidence, **s.common),
        "eye-check", "v", _("%(case)s is verified.")),
    Act(states.FILE, forms.FileForm, _file, "clipboard-check", "f", _("%(case)s is filed.")),
    Act(states.DISPATCH, forms.DispatchForm, _dispatch, "send", "d", _("%(case)s is dispatched.")),
    Act(states.ACCEPT, forms.PlainForm, _plain(operations.accept_case),
        "check", "a", _("%(case)s is accepted. The time for handling runs.")),
    Act(states.HANDLE, forms.HandleForm, _with_photos(operations.handle_case),
        "tool", "h", _("%(case)s is reported as handled. Somebody else rechecks it.")),
    Act(states.REPORT_UP, forms.ReportUpForm,
        lambda s: operations.report_part(
            s.case, done=s["done"] == "yes", evidence=s.evidence, **s.common),
        "arrow-up", "", _("What you reported of %(case)s waits for the unit above.")),
    Act(states.DELEGATE, forms.DelegateForm, _delegate,
        "stairs", "", _("%(case)s is handed down. You answer for it all the same.")),
    Act(states.SEND_DOWN, forms.SendDownForm,
        lambda s: operations.send_part_down(s.case, due_at=s["due"], **s.common),
        "arrow-down", "", _("%(case)s went back down.")),
    Act(states.TAKE_BACK, forms.TakeBackForm,
        lambda s: operations.take_part_back(s.case, step_id=s["part"], **s.common),
        "arrow-back-up", "", _("You have %(case)s back.")),
    Act(states.RULE, forms.RuleForm,
        lambda s: operations.rule(s.case, granted=s["granted"] == "yes", **s.common),
        "gavel", "1", _("What was asked about %(case)s is decided.")),
    Act(states.ARBITRATE, forms.ArbitrateForm,
        lambda s: operations.arbitrate_case(
            s.case, unit_id=s["unit"], assisting=s["assisting"] or (), **s.common),
        "scale", "A", _("%(case)s is decided and dispatched.")),
    Act(states.CLOSE, forms.CloseForm, _with_photos(operations.close_case),
        "circle-check", "c", _("%(case)s is closed.")),
    Act(states.REOPEN, forms.ReopenForm, _with_reason(operations.reopen_case),
        "refresh", "o", _("%(case)s is open again.")),
    Act(states.UPHOLD, forms.UpholdForm, _plain(operations.uphold_case),
        "gavel", "i", _("%(case)s stays as it ended. Who objected is told.")),
    Act(states.REWORK, forms.ReworkForm,
        lambda s: operations.rework_case(
            s.case, reason_id=s["reason"], evidence=s.evidence, faked=s["faked"] or (),
            **s.common),
        "arrow-back-up", "w", _("%(case)s went back for rework.")),
    Act(states.NAME_RECHECKER, forms.NameForm,
        lambda s: operations.name_rechecker(s.case, person=s.form.able[s["person"]], **s.common),
        "user-check", "p", _("The rechecker of %(case)s is named.")),
    Act(states.HAND_OVER, forms.HandOverForm, _plain(operations.hand_over_recheck),
        "users", "H", _("The recheck of %(case)s is handed over.")),
    Act(states.TASK, forms.TaskForm, _task, "user-search", "y", _("Asked to verify %(case)s.")),
    Act(states.EXTEND, forms.ExtendForm,
        lambda s: operations.ask_extension(s.case, amount=s["amount"], **s.common),
        "hourglass", "2", _("More time is asked for %(case)s. Somebody else decides.")),
    Act(states.SUSPEND, forms.SuspendForm,
        lambda s: operations.ask_suspension(s.case, until=_until(s), **s.common),
        "clock-pause", "3", _("Suspension is asked for %(case)s. Somebody else decides.")),
    Act(states.RESUME, forms.ResumeForm,
        lambda s: operations.resume_clock(s.case, until=_until(s), **s.common),
        "clock", "4", _("The suspension of %(case)s is decided.")),
    Act(states.APPEAL, forms.AppealForm, _plain(operations.appeal),
        "message-report", "5", _("The appeal for %(case)s waits for two reviews.")),
    Act(states.ON_SPOT, forms.OnSpotForm,
        lambda s: operations.rectify_on_the_spot(s.case, unit_id=s["unit"], **s.common),
        "bolt", "6", _("%(case)s is to be rectified within a day. The unit is told now.")),
    Act(states.RETURN, forms.ReturnForm, _return,
        "arrow-back-up", "b", _("%(case)s went back to the office.")),
    Act(states.SPLIT, forms.PlainForm, _plain(operations.split_case),
        "arrows-split", "s", _("%(case)s is on its own again.")),
    Act(states.MERGE, forms.MergeForm,
        lambda s: operations.merge_case(s.case, into=s.form.target, **s.common),
        "arrow-merge", "e", _("%(case)s is merged."), danger=True),
    Act(states.DECLINE, forms.DeclineForm, _with_reason(operations.decline_case),
        "circle-x", "z", _("%(case)s is not filed."), danger=True),
    Act(states.REDIRECT, forms.RedirectForm, _with_reason(operations.redirect_case),
        "arrow-forward-up", "r", _("%(case)s is passed on."), danger=True),
    Act(states.RELEASE, forms.ReleaseForm, _release,
        "world", "l", _("What the public sees of %(case)s is decided.")),
    Act(states.REPLY, forms.ReplyForm, _reply,
        "writing", "q", _("The reply for %(case)s is on record.")),
    Act(states.URGE, forms.UrgeForm, _plain(operations.urge_case),
        "bell", "0", _("%(case)s is urged. Who it waits for is told.")),
    Act(states.NOTE, forms.NoteForm, _note, "note", "t", _("Noted on %(case)s.")),
)
# fmt: on
_BY_NAME: Mapping[str, Act] = {act.name: act for act in _ACTS}

# What a step waits for comes first; the office's own next move where it has none of these.
_NEXT = {
    StepKind.INTAKE: (states.FILE,),
    StepKind.VERIFY: (states.VERIFY,),
    StepKind.DISPATCH: (states.DISPATCH,),
    StepKind.ARBITRATE: (states.ARBITRATE,),
    StepKind.ACCEPT: (states.ACCEPT,),
    StepKind.HANDLE: (states.HANDLE,),
    StepKind.RECHECK: (states.CLOSE, states.NAME_RECHECKER),
    StepKind.PART: (states.REPORT_UP,),
}


def act_of(name: str) -> Act:
    """The act of a move. Raises NotFound."""
    if name not in _BY_NAME:
        raise NotFound("desk.no_such_move", _("There is no such move."))
    return _BY_NAME[name]


def acts_for(moves: list[Move]) -> list[Act]:
    """What may be done, in the order in which it is likely."""
    return [act for act in _ACTS if act.move in moves]


def letters() -> list[tuple[str, str, Any]]:
    """The key of each move, its name and its label: for a list, where a key acts on the row."""
    return [(act.key, act.name, act.move.label) for act in _ACTS if act.key]


def likely(shown: "Record") -> Act | None:
    """The single move that the case waits for, if this reader may make it."""
    case, moves = shown.case, shown.moves
    wanted = _NEXT.get(StepKind(case.step_kind), ()) if case.step_kind else ()
    if states.RULE in moves:
        return _BY_NAME[states.RULE.name]
    if case.objected_at is not None:
        wanted = (states.REOPEN, states.UPHOLD)
    elif states.REPLY in moves and shown.assigned and shown.assigned.replied_at is None:
        wanted = (states.REPLY,)
    elif case.state == State.CLOSED and _undecided(shown):
        wanted = (states.RELEASE,)
    return next((_BY_NAME[move.name] for move in wanted if move in moves), None)


def _undecided(shown: "Record") -> bool:
    """Whether there are pictures of which nobody has decided yet who may see them."""
    decided = [one.at for one in shown.story if one.name == "case.photos_released"]
    return any(not decided or photo.added_at > decided[-1] for photo in shown.photos)

"""Taking a move back, for some seconds, by the one who made it."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gulou.cases import search, states
from gulou.cases.facts import CaseMoveUndone
from gulou.cases.family import family_of
from gulou.cases.models import (
    Answer,
    Before,
    Case,
    CasePhoto,
    FakedPhoto,
    Note,
    PhotoKind,
    PleaKind,
    Step,
)
from gulou.cases.states import State
from gulou.kit import clock, rows
from gulou.kit.errors import NotAllowed, Refusal
from gulou.outbox.models import Event
from gulou.outbox.record import record, withdraw
from gulou.people.models import User

from .arbitration import forget_return
from .ground import INSTANTS, REMEMBERED, locked, put, stand_in_open_step


@rows.together()
def undo_move(case: Case, *, by: User, seen: int | None = None) -> Case:
    """Put the case back to where it stood before its last move. Its clock runs on as before.

    Both stay on record. Nothing that follows from the move has left the house yet. Pictures that
    came with it stay, for reference.
    """
    case = locked(case, seen=seen)
    before = Before.objects.filter(case=case).first()
    if before is None or not _is_last(before, case):
        raise Refusal(
            "case.nothing_to_undo",
            _("The last move on this case can no longer be taken back. Look at its record."),
        )
    if before.by_id != by.pk:
        raise NotAllowed("case.undo_of_another", _("Only who made a move may take it back."))
    if clock.now() > before.at + states.UNDO_WITHIN + states.UNDO_GRACE:
        raise _too_late()
    event = withdraw(case, case.head_sequence)
    if event is None:
        raise _too_late()
    _put_back(case, before, by)
    _forget_what_came_with(case, before, event)
    before.delete()
    record(CaseMoveUndone(event=event.pk, move=before.move), subject=case, actor=by.actor)
    return case


def _is_last(before: Before, case: Case) -> bool:
    """Whether nothing has happened to the case since that move, nor its reporters answered."""
    stood = before.stood
    same_eyes = stood["restricted"] == case.restricted
    one_on = (before.version + 1, before.sequence + 1)
    said = Answer.objects.filter(report__case__in=family_of(case), at__gte=before.at)
    return same_eyes and one_on == (case.version, case.head_sequence) and not said.exists()


def _too_late() -> Refusal:
    return Refusal(
        "case.undo_too_late",
        _("It is too late to take this back: ten seconds have passed. The case is as the move left it; make the move that puts it right."),
    )  # fmt: skip


def _put_back(case: Case, before: Before, by: User) -> None:
    """The fields as they were, the steps of the move ended as undone, those before it going on."""
    stood = before.stood
    state = State(stood["state"])
    ended, objected, released, suspended = (_instant(stood.get(name)) for name in INSTANTS)
    if objected is not None and case.objected_at is None:
        Answer.objects.filter(
            objection=True, answered_at__gte=before.at, report__case__in=family_of(case)
        ).update(answered_at=None)
    for name in REMEMBERED:
        setattr(case, name, stood.get(name, getattr(case, name)))
    case.objected_at, case.released_at = objected, released
    _bring_back_pleas(case, before, suspended)
    going_on = _with_parents(case.step)
    begun = Q(ended_at=None) | Q(started_at__gte=before.at, pk__gt=case.step_id or 0)
    case.steps.filter(begun).exclude(pk__in=going_on).update(
        ended_at=clock.now(), outcome="undone", ended_by=by
    )
    case.steps.filter(pk__in=going_on).update(ended_at=None, outcome="", ended_by=None)
    stand_in_open_step(case)
    fields = ("unit", "assisting", "rule", "category", "condition", "code_set", "summary",
              "address", "returns", "reworks", "objected_at", "released_at", "released_terms")  # fmt: skip
    stands = case.plea, case.suspended_until
    case.plea, case.suspended_until = "", None
    put(case, state, *fields)
    case.plea, case.suspended_until = stands
    rows.change(case, "plea", "suspended_until", "on_spot")
    search.find_anew([case])
    if ended is not None:
        # It ended when it ended, not now.
        case.ended_at = ended
        case.save(update_fields=["ended_at"])


def _bring_back_pleas(case: Case, before: Before, suspended: datetime | None) -> None:
    """What the move let lapse waits again, and a clock that it let run stands still again."""
    case.suspended_until = suspended
    lapsed = case.pleas.filter(decided_at__gte=before.at, outcome="lapsed")
    lapsed.update(outcome="", decided_at=None)
    if suspended is not None:
        case.pleas.filter(kind=PleaKind.SUSPENSION, outcome="granted").update(ended_at=None)


def _with_parents(step: Step | None) -> list[int]:
    """A step that was the current one, and those it stood on: they were open together."""
    found = []
    while step is not None:
        found.append(step.pk)
        step = step.parent
    return found


def _forget_what_came_with(case: Case, before: Before, event: Event) -> None:
    """No note of the move counts any more, nor a fake it confirmed; its words stay in the story."""
    FakedPhoto.objects.filter(case=case, at__gte=before.at).delete()
    if before.move in _MAY_BEGIN_ARBITRATION:
        forget_return(case, before.at)
    Note.objects.filter(case=case, move=before.move, at__gte=before.at).delete()
    CasePhoto.objects.filter(case=case, photo__uid__in=event.payload.get("photos") or ()).update(
        kind=PhotoKind.REFERENCE, step=None
    )
    CasePhoto.objects.filter(case=case, photo__uid__in=event.payload.get("refused") or ()).update(
        kind=PhotoKind.AFTER
    )


_MAY_BEGIN_ARBITRATION = frozenset(
    move.name for move in (states.RETURN, states.FILE, states.REOPEN)
)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

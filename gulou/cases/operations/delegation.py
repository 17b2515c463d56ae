"""一级抓一级: a unit hands its part of the handling to a unit beneath it, and answers for it.

Each level is a step that stands on the step of the level above, with a clock of its own that never
runs longer. The unit above hands down, takes back, and looks at what is reported to it.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.calendars import queries as calendars
from gulou.cases import clocks, states
from gulou.cases.facts import PartHandedDown, PartReported, PartTakenBack
from gulou.cases.models import Case, CasePhoto, PhotoKind, PleaKind, Step
from gulou.cases.states import Move, StepKind, verbs_lent_by
from gulou.kit import clock, rows
from gulou.kit.errors import Invalid, Refusal
from gulou.kit.worktime import UnknownYear
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Unit, User

from .ground import (
    NOTHING,
    Evidence,
    add_photos,
    allow,
    leave,
    locked,
    put,
    stand_in_open_step,
    unit_in_use,
)


@rows.together()
def delegate_part(
    case: Case, *, by: User, unit_id: int, person: User | None = None,
    due_at: datetime | None = None, words: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """Hand what is to be done to a unit beneath the one that has it now, or to a person there.

    `due_at` None: a share of the time that is left to the unit above (setting `part_share`).
    """
    case = locked(case, seen=seen)
    allow(by, states.DELEGATE, case)
    states.DELEGATE.check(case.state)
    above = _current(case)
    _allow_at(by, states.DELEGATE, above)
    _check_clock_runs(case)
    unit = unit_in_use(unit_id)
    path = people.unit_refs()[above.unit_id].path
    if unit.pk == above.unit_id or not unit.path.startswith(path):
        raise Invalid("case.not_beneath", _("Choose a unit beneath the one that has it now."), field="unit")  # fmt: skip
    if person is not None and unit.pk not in access.posted_unit_ids(person):
        raise Invalid("case.person_elsewhere", _("This person has no posting at that unit."), field="person")  # fmt: skip
    left = leave(case, states.DELEGATE, by=by, words=words, reason_id=None)
    step = _begin_part(case, above, unit, person, due_at)
    put(case)
    fact = PartHandedDown(
        unit=unit.pk, above=above.unit_id, person=str(person.uid) if person else "",
        due=_iso(step.due_at), step=step.pk, words=left.words, words_digest=left.words_digest,
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


@rows.together()
def report_part(
    case: Case, *, by: User, words: str, done: bool = True, evidence: Evidence = NOTHING,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """Tell the unit above that the part is done, with pictures; or (`done` False) that it cannot
    be done here. It is then the unit above that has the case."""
    case = locked(case, seen=seen)
    allow(by, states.REPORT_UP, case)
    states.REPORT_UP.check(case.state)
    step = _current(case)
    if step.kind != StepKind.PART or step.parent is None:
        raise Refusal("case.no_part", _("No part of this case is with a unit beneath now."))
    _allow_at(by, states.REPORT_UP, step)
    left = leave(case, states.REPORT_UP, by=by, words=words, reason_id=None)
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, actor=by.actor, by=by, step_id=step.pk,
        kind=PhotoKind.AFTER if done else PhotoKind.REFERENCE,
    )  # fmt: skip
    _end([step], "reported" if done else "given_back", by)
    stand_in_open_step(case)
    put(case)
    fact = PartReported(
        unit=step.unit_id, above=step.parent.unit_id, done=done, step=step.pk, photos=photos,
        late=step.due_at is not None and step.due_at < clock.now(),
        words=left.words, words_digest=left.words_digest,
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


@rows.together()
def send_part_down(
    case: Case, *, by: User, words: str, due_at: datetime | None = None, seen: int | None = None
) -> Case:
    """What the unit beneath reported is not good enough: it has the part again, with a new clock.
    The pictures that were reported stay, but show the work done no longer."""
    case = locked(case, seen=seen)
    allow(by, states.SEND_DOWN, case)
    states.SEND_DOWN.check(case.state)
    above = _current(case)
    _allow_at(by, states.SEND_DOWN, above)
    _check_clock_runs(case)
    last = reported_beneath(above)
    if last is None:
        raise Refusal(
            "case.nothing_reported", _("No unit beneath has reported anything that could go back.")
        )
    left = leave(case, states.SEND_DOWN, by=by, words=words, reason_id=None)
    unit = unit_in_use(last.unit_id)
    person = last.person if last.person and last.person.is_active else None
    shown = _shown_with(case).filter(step__started_at__gte=last.started_at)
    refused = [str(uid) for uid in shown.values_list("photo__uid", flat=True)]
    shown.update(kind=PhotoKind.REFERENCE)
    step = _begin_part(case, above, unit, person, due_at)
    put(case)
    fact = PartHandedDown(
        unit=unit.pk, above=above.unit_id, person=str(person.uid) if person else "", again=True,
        due=_iso(step.due_at), step=step.pk, words=left.words, words_digest=left.words_digest,
        refused=refused,
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


@rows.together()
def take_part_back(
    case: Case, *, by: User, step_id: int | None = None, words: str = "", seen: int | None = None
) -> Case:
    """Take a part back that was handed down, with all that was handed on from there.

    `step_id` names the part; without it, it is the last one that was handed down.
    """
    case = locked(case, seen=seen)
    allow(by, states.TAKE_BACK, case)
    states.TAKE_BACK.check(case.state)
    parts = _open_parts(case)
    taken = next((one for one in parts if step_id in (None, one.pk)), None)
    if taken is None or taken.parent is None:
        raise Refusal("case.no_part", _("No part of this case is with a unit beneath now."))
    _allow_at(by, states.TAKE_BACK, taken.parent)
    left = leave(case, states.TAKE_BACK, by=by, words=words, reason_id=None)
    _end(parts[: parts.index(taken) + 1], "taken_back", by)
    stand_in_open_step(case)
    put(case)
    fact = PartTakenBack(
        unit=taken.unit_id, above=taken.parent.unit_id, step=taken.pk, words=left.words,
        words_digest=left.words_digest,
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return case


def default_due(above: Step, unit_id: int, now: datetime) -> datetime | None:
    """Until when a unit beneath has its part where nobody says otherwise, to the minute.

    A share of what is left, in working time where the limit counts that. None where the unit above
    has no deadline, or is late itself: its lateness is not passed down.
    """
    if above.due_at is None or above.due_at <= now:
        return None
    share, handling = settings.GULOU.part_share, clocks.handling_of(above)
    times = calendars.times_of(unit_id)
    if not clocks.limit_of(handling).measure.is_working:
        due = now + (above.due_at - now) * share / 100
    else:
        try:
            due = times.add(now, times.worked(now, above.due_at) * share / 100)
        except UnknownYear:
            due = now + (above.due_at - now) * share / 100
    due = due.replace(second=0, microsecond=0)
    return min(due, above.due_at) if due > now else above.due_at


def reported_beneath(above: Step) -> Step | None:
    """The part that was reported to this level last; None where it has none to send back."""
    last = Step.objects.filter(parent=above, kind=StepKind.PART).exclude(outcome="undone")
    found = last.select_related("person").order_by("-started_at", "-pk").first()
    return found if found is not None and found.outcome in ("reported", "given_back") else None


def check_not_handed_down(case: Case) -> None:
    """Raise a Refusal while a unit beneath has a part of it."""
    if case.parts:
        raise Refusal(
            "case.handed_down",
            _("A unit beneath has a part of it. Take that back, or wait until it reports."),
        )


def shown_from_beneath(case: Case) -> bool:
    """Whether a unit beneath showed its work with a part of the present handling."""
    handling = case.step
    if handling is None or handling.kind != StepKind.HANDLE:
        return False
    return _shown_with(case).filter(added_at__gte=handling.started_at).exists()


def _shown_with(case: Case) -> QuerySet[CasePhoto]:
    """The pictures of the work done that came with parts, of any level."""
    return CasePhoto.objects.filter(case=case, kind=PhotoKind.AFTER, step__kind=StepKind.PART)


def close_gaps(case: Case, *, by: User) -> None:
    """After a unit took another one's steps over: what it would have handed to itself ends, and
    what hung on that hangs on the step above."""
    for step in reversed(_open_parts(case)):
        above = step.parent
        if above is not None and above.unit_id == step.unit_id:
            Step.objects.filter(parent=step, ended_at=None).update(parent=above)
            _end([step], "handed_over", by)


def _current(case: Case) -> Step:
    """The step of the unit that has the case now: of the handling, or of a part of it."""
    if case.step is None or case.step.kind not in (StepKind.HANDLE, StepKind.PART):
        raise Refusal("case.not_in_handling", _("Nobody handles this case now."))
    return case.step


def _open_parts(case: Case) -> list[Step]:
    """The parts that units beneath have now, the lowest first."""
    parts = case.steps.filter(kind=StepKind.PART, ended_at=None)
    return list(parts.select_related("parent").order_by("-started_at", "-pk"))


def _allow_at(by: User, move: Move, step: Step) -> None:
    """Raise NotAllowed unless the person may make this move for the unit that has this step."""
    lent = access.OpenStep(verbs_lent_by(step.kind), step.unit_id, step.person_id)
    access.require(by, move.verb, unit_id=step.unit_id, steps=[lent])


def _check_clock_runs(case: Case) -> None:
    if case.suspended_until is not None or case.plea == PleaKind.SUSPENSION:
        raise Refusal(
            "case.suspended_part",
            _("Its clock stands still, or that was asked for: nothing is handed down meanwhile."),
        )


def _begin_part(
    case: Case, above: Step, unit: Unit, person: User | None, due_at: datetime | None
) -> Step:
    now = clock.now()
    due_at = _checked(due_at, above, now) or default_due(above, unit.pk, now)
    step = Step(
        pk=rows.new(Step), case=case, kind=StepKind.PART, unit=unit, person=person, parent=above,
        started_at=now,
    )  # fmt: skip
    if due_at is not None:
        clocks.set_due(step, due_at, now)
    rows.add(step)
    stand_in_open_step(case)
    return step


def _checked(due_at: datetime | None, above: Step, now: datetime) -> datetime | None:
    """The deadline that was chosen, if it lies between now and that of the unit above. Where that
    has passed it bounds nothing: the unit above is late, and somebody has to be done some time."""
    if due_at is None:
        return None
    if due_at <= now:
        raise Invalid("case.due_past", _("Choose a time to come."), field="due")
    if above.due_at is not None and now < above.due_at < due_at:
        raise Invalid(
            "case.due_beyond", _("Not after the deadline of the unit above."), field="due"
        )
    return due_at


def _end(steps: list[Step], outcome: str, by: User) -> None:
    ended = Step.objects.filter(pk__in=[step.pk for step in steps])
    rows.update(ended, ended_at=clock.now(), outcome=outcome, ended_by=by)


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""

"""Reading what was asked about the time of a case, its clocks piece by piece, and who was warned."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gulou.cases import clocks, states
from gulou.cases.models import Case, Plea, PleaKind, Ruling, Step, Warned
from gulou.cases.states import State, StepKind
from gulou.kit.words import name_of
from gulou.kit.worktime import UnknownYear
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .rows import FIELDS, Row, rows_from

MOST_TO_RULE_ON = 200


def late_steps_of(case: Case) -> QuerySet[Step]:
    """The stretches of accepting and handling that ended late."""
    kinds = (StepKind.ACCEPT, StepKind.HANDLE)
    return Step.objects.filter(case=case, kind__in=kinds, ended_at__gt=F("due_at")).exclude(
        outcome="undone"
    )


def can_appeal(case: Case) -> bool:
    """Whether a closed case was late, and nobody has appealed against that."""
    return (
        case.state == State.CLOSED
        and not case.pleas.filter(kind=PleaKind.APPEAL).exists()
        and late_steps_of(case).exists()
    )


@dataclass(frozen=True)
class RulingSeen:
    """What one person said to a plea."""

    by: str
    at: datetime
    granted: bool
    text: str


@dataclass(frozen=True)
class PleaSeen:
    """What was asked about the time of a case, and what became of it. `due_if_granted`: where more
    time would lead, while that waits for a decision."""

    kind: str
    label: str
    by: str
    unit: str
    at: datetime
    text: str
    amount: int | None
    limit_unit: str
    until: datetime | None
    outcome: str
    due_before: datetime | None
    due_after: datetime | None
    due_if_granted: datetime | None
    ended_at: datetime | None
    rulings: tuple[RulingSeen, ...]


def pleas_of(case: Case) -> list[PleaSeen]:
    """What was asked about the time of a case, oldest first."""
    found = Plea.objects.filter(case=case).select_related("words", "by", "step")
    return [_seen(plea) for plea in found.prefetch_related("rulings__words", "rulings__by")]


def _seen(plea: Plea) -> PleaSeen:
    return PleaSeen(
        kind=plea.kind, label=plea.get_kind_display(), by=str(plea.by),
        unit=name_of(people.unit_refs()[plea.unit_id]), at=plea.at, text=plea.words.text,
        amount=plea.amount, limit_unit=plea.step.limit_unit if plea.step else "",
        until=plea.until, outcome=plea.outcome, due_before=plea.due_before,
        due_after=plea.due_after, due_if_granted=_due_if_granted(plea), ended_at=plea.ended_at,
        rulings=tuple(
            RulingSeen(str(one.by), one.at, one.granted, one.words.text)
            for one in plea.rulings.all()
        ),
    )  # fmt: skip


def _due_if_granted(plea: Plea) -> datetime | None:
    """None as well where the calendar of that year is not known: nobody can grant it then."""
    step, due_at = plea.step, None
    if plea.outcome == "" and plea.kind == PleaKind.EXTENSION and step and step.due_at:
        with suppress(UnknownYear):
            due_at = clocks.with_more(step, step.due_at, plea.amount or 0)
    return due_at


@dataclass(frozen=True)
class Segment:
    """A stretch in which a clock ran, or stood still. `until` None: it does so still."""

    since: datetime
    until: datetime | None
    runs: bool


def segments_of(step: Step, still: list[tuple[datetime, datetime | None]]) -> list[Segment]:
    """The stretches of a step's clock, where it stood still from a time to a time."""
    found, since = [], step.started_at
    for stopped, again in still:
        found += [Segment(since, stopped, True), Segment(stopped, again or step.ended_at, False)]
        if again is None:
            return found
        since = again
    return [*found, Segment(since, step.ended_at, True)]


def stood_still(case: Case) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """From when to when the clocks of a case stood still, by step."""
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    granted = Plea.objects.filter(case=case, kind=PleaKind.SUSPENSION, outcome="granted")
    for step, since, until in granted.values_list("step_id", "decided_at", "ended_at"):
        if step and since:
            found.setdefault(step, []).append((since, until))
    return found


def _has_spoken(user: User) -> Q:
    """Pleas that this person made, or has ruled on: somebody else decides."""
    return Q(by=user) | Q(Exists(Ruling.objects.filter(plea=OuterRef("pk"), by=user)))


def has_spoken(user: User, case: Case) -> bool:
    """Whether this person asked for what waits for a decision on the case, or has decided already."""
    return case.pleas.filter(_has_spoken(user), outcome="").exists()


def to_rule_on(user: User) -> list[Row]:
    """The cases that wait for a decision on their time which this person may make."""
    reach = access.unit_ids_where(user, states.RULE.verb)
    if not reach:
        return []
    theirs = Plea.objects.filter(_has_spoken(user), case=OuterRef("pk"), outcome="")
    found = Case.objects.exclude(plea="").filter(~Exists(theirs), unit__in=reach)
    in_order = found.order_by(F("due_at").asc(nulls_last=True), "id")
    return rows_from(in_order.values_list(*FIELDS)[:MOST_TO_RULE_ON])


def warned_cases_of(user: User) -> list[tuple[str, int, datetime]]:
    """The cases of which this person was told that their time runs out, while it does: number,
    percent of the limit, and when; the most pressing first."""
    open_still = Warned.objects.filter(person=user, step__ended_at=None).order_by("-percent", "-at")
    found: dict[str, tuple[str, int, datetime]] = {}
    for number, percent, at in open_still.values_list("step__case__number", "percent", "at")[:60]:
        found.setdefault(number, (number, percent, at))
    return list(found.values())

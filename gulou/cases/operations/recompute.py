"""Letting open clocks follow calendars that have changed: looked at first, done by an approver."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery, Sum

from gulou.calendars import queries as calendars
from gulou.cases import clocks, states
from gulou.cases.facts import ClockSet
from gulou.cases.models import Case, Plea, PleaKind, Step
from gulou.cases.states import StepKind
from gulou.kit import clock, worktime
from gulou.kit.worktime import Limit, UnknownYear
from gulou.outbox.bulk import record_many
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

from .ground import stands_on

SHOWN = 20


@dataclass(frozen=True)
class Moved:
    """An open clock that would move: of which case, from when to when."""

    step_id: int
    case_id: int
    unit_id: int
    before: datetime | None
    after: datetime
    step: Step


@dataclass(frozen=True)
class Example:
    """One of them, for people."""

    number: str
    unit_id: int
    before: datetime | None
    after: datetime


@dataclass(frozen=True)
class Outlook:
    """What would move, in sums, with some examples."""

    looked_at: int
    later: int
    earlier: int
    newly_late: int
    late_no_more: int
    examples: Sequence[Example]

    @property
    def moved(self) -> int:
        """How many clocks would move."""
        return self.later + self.earlier


def preview_deadlines(*, by: User) -> Outlook:
    """What `recompute_deadlines` would do now. Raises NotAllowed."""
    access.require(by, states.RECOMPUTE, unit_id=people.office().id)
    steps = _open_steps()
    return _outlook(len(steps), list(_moves(steps)))


@transaction.atomic
def recompute_deadlines(*, by: User) -> Outlook:
    """Count every running clock anew by the calendars of today; each that moves is on its record.

    What was granted counts as before, and a clock that stands still is left alone.
    """
    access.require(by, states.RECOMPUTE, unit_id=people.office().id)
    steps = _open_steps()
    moved = {one.step_id: one for one in _moves(steps)}
    subjects = list(
        Case.objects.select_for_update(of=("self",))
        .filter(pk__any=sorted({one.case_id for one in moved.values()}))
        .only("pk", "uid", "head_sequence", "head_digest", "step_id", "step_kind")
        .order_by("pk")
    )
    # What moved on while these were waited for keeps what its move gave it.
    still = {
        pk: due for pk, due in Step.objects.filter(pk__any=list(moved), ended_at=None).values_list(
            "pk", "due_at")
    }  # fmt: skip
    done = [m for m in moved.values() if m.step_id in still and still[m.step_id] == m.before]
    by_case = {case.pk: case for case in subjects}
    with_parts = [*done, *_parts_held_to(done)]
    record_many([(by_case[one.case_id], _fact(one)) for one in with_parts], actor=by.actor)
    _write(with_parts, {one.case_id: by_case[one.case_id] for one in done})
    return _outlook(len(steps), done)


def _open_steps() -> list[Step]:
    """Every open step with a limit whose clock does not stand still; its case beside it."""
    found = Step.objects.filter(
        ended_at=None, limit_amount__isnull=False, case__ended_at=None, case__suspended_until=None
    )
    return list(found.only(
        "pk", "unit_id", "started_at", "due_at", "limit_amount", "limit_unit", "extended", "warned",
        "case_id", "kind", "ended_at",
    ).order_by("pk"))  # fmt: skip


def _moves(steps: Iterable[Step]) -> Iterator[Moved]:
    stood = dict(
        Plea.objects.filter(
            kind=PleaKind.SUSPENSION, outcome="granted", ended_at__isnull=False,
            step__ended_at=None,
        ).values_list("step_id", "pk")
    )  # fmt: skip
    resumed = Plea.objects.in_bulk(stood.values())
    since = _extended_since(resumed.values())
    for step in steps:
        plea = resumed.get(stood.get(step.pk, 0))
        before = step.due_at
        try:
            after = _due(step, plea, since.get(step.pk, 0))
        except UnknownYear:
            continue
        if after == before:
            continue
        step.due_at = after
        yield Moved(step.pk, step.case_id, step.unit_id, before, after, step)


def _parts_held_to(done: Sequence[Moved]) -> list[Moved]:
    """The parts handed down that would be due after the handling that they are a part of.

    Unless that is late already: lateness is not passed down. The cases are locked.
    """
    now = clock.now()
    until = {
        one.case_id: one.after for one in done
        if one.step.kind == StepKind.HANDLE and one.after > now
    }  # fmt: skip
    parts = Step.objects.filter(case_id__any=list(until), kind=StepKind.PART, ended_at=None)
    found = []
    for part in parts.select_related("parent__parent__parent").order_by("pk"):
        before, after = part.due_at, until[part.case_id]
        if before is not None and before > after:
            part.due_at = after
            found.append(Moved(part.pk, part.case_id, part.unit_id, before, after, part))
    return found


def _extended_since(resumed: Iterable[Plea]) -> dict[int, int]:
    """What each step was given after its clock ran again, in the unit of its limit."""
    resumption = Plea.objects.filter(pk__any=[plea.pk for plea in resumed], step=OuterRef("step"))
    granted = Plea.objects.filter(
        kind=PleaKind.EXTENSION, outcome="granted",
        decided_at__gte=Subquery(resumption.values("ended_at")[:1]),
    )  # fmt: skip
    given = granted.values("step_id").annotate(given=Sum("amount"))
    return dict(given.values_list("step_id", "given"))


def _due(step: Step, plea: Plea | None, since: int) -> datetime:
    """When a step is due by the calendars of today, given so much `since` its clock ran again.
    Raises UnknownYear."""
    times = calendars.times_of(step.unit_id)
    limit = Limit(step.limit_amount or 0, step.limit_unit)
    if plea is None or plea.ended_at is None or plea.left is None:
        due_at = worktime.due(step.started_at, limit, times)
        more = times.length(Limit(step.extended, step.limit_unit)) if step.extended else timedelta()
    else:
        due_at, more = plea.ended_at, plea.left
        if since:
            more += times.length(Limit(since, step.limit_unit))
    if not more:
        return due_at
    return times.add(due_at, more) if limit.measure.is_working else due_at + more


def _fact(one: Moved) -> ClockSet:
    before = one.before.isoformat() if one.before else ""
    unit = one.unit_id if one.step.kind == StepKind.PART else None
    return ClockSet(step=one.step_id, due_before=before, due=one.after.isoformat(), unit=unit)


def _write(done: Sequence[Moved], cases: Mapping[int, Case]) -> None:
    """The due times on steps and cases, with the heads of these: each table in one statement."""
    now = clock.now()
    current = {one.case_id: one.after for one in done if stands_on(cases[one.case_id], one.step)}
    for one in done:
        clocks.set_due(one.step, one.after, now)
    steps = [
        [one.step_id, one.after.isoformat(), _iso(one.step.watch_at), one.step.warned]
        for one in done
    ]
    heads = [
        [pk, case.head_sequence, case.head_digest, _iso(current.get(pk))]
        for pk, case in cases.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_step s SET due_at = (m ->> 1)::timestamptz,"
            " watch_at = (m ->> 2)::timestamptz, warned = (m ->> 3)::smallint"
            " FROM jsonb_array_elements(%s::jsonb) m WHERE s.id = (m ->> 0)::bigint",
            [json.dumps(steps)],
        )
        cursor.execute(
            "UPDATE cases_case c SET head_sequence = (m ->> 1)::int, head_digest = m ->> 2,"
            " due_at = coalesce((m ->> 3)::timestamptz, c.due_at), version = c.version + 1"
            " FROM jsonb_array_elements(%s::jsonb) m WHERE c.id = (m ->> 0)::bigint",
            [json.dumps(heads)],
        )
        cursor.execute(
            "UPDATE cases_case SET part_due_at = due_at"
            " WHERE id = ANY(%s) AND part_due_at > due_at AND due_at > %s",
            [list(cases), now],
        )


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _outlook(looked_at: int, moved: Sequence[Moved]) -> Outlook:
    now = clock.now()
    was_late = [one.before is not None and one.before <= now for one in moved]
    is_late = [one.after <= now for one in moved]
    later = sum(one.before is None or one.after > one.before for one in moved)
    return Outlook(
        looked_at, later, len(moved) - later,
        sum(now_ and not was for was, now_ in zip(was_late, is_late, strict=True)),
        sum(was and not now_ for was, now_ in zip(was_late, is_late, strict=True)),
        _examples(moved[:SHOWN]),
    )  # fmt: skip


def _examples(moved: Sequence[Moved]) -> list[Example]:
    numbers = dict(
        Case.objects.filter(pk__in=[one.case_id for one in moved]).values_list("pk", "number")
    )
    return [Example(numbers[one.case_id], one.unit_id, one.before, one.after) for one in moved]

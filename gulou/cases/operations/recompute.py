"""Letting open clocks follow calendars that have changed: looked at first, done by an approver."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet

from gulou.calendars import queries as calendars
from gulou.cases import clocks, states
from gulou.cases.facts import ClockSet
from gulou.cases.models import Case, Plea, PleaKind, Step
from gulou.kit import clock, worktime
from gulou.kit.worktime import Limit, UnknownYear
from gulou.outbox.bulk import record_many
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User

SHOWN = 20


@dataclass(frozen=True)
class Moved:
    """An open clock that would move: of which case, from when to when."""

    step_id: int
    case_id: int
    number: str
    unit_id: int
    before: datetime | None
    after: datetime
    watch_at: datetime | None
    current: bool


@dataclass(frozen=True)
class Outlook:
    """What would move, in sums, with some examples."""

    looked_at: int
    later: int
    earlier: int
    newly_late: int
    late_no_more: int
    examples: Sequence[Moved]

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
        .filter(pk__in={one.case_id for one in moved.values()})
        .only("pk", "uid", "head_sequence", "head_digest", "step_id")
        .order_by("pk")
    )
    # What moved on while these were waited for keeps what its move gave it.
    still = {
        pk: due for pk, due in Step.objects.filter(pk__in=moved, ended_at=None).values_list(
            "pk", "due_at")
    }  # fmt: skip
    done = [m for m in moved.values() if m.step_id in still and still[m.step_id] == m.before]
    by_case = {case.pk: case for case in subjects}
    record_many([(by_case[one.case_id], _fact(one)) for one in done], actor=by.actor)
    _write(done)
    return _outlook(len(steps), done)


def _open_steps() -> list[Step]:
    """Every open step with a limit whose clock does not stand still; its case beside it."""
    found = Step.objects.filter(
        ended_at=None, limit_amount__isnull=False, case__ended_at=None, case__suspended_until=None
    )
    return list(_with_case(found))


def _with_case(found: QuerySet[Step]) -> QuerySet[Step]:
    return found.select_related("case").only(
        "pk", "unit_id", "started_at", "due_at", "limit_amount", "limit_unit", "extended", "warned",
        "watch_at", "case_id", "case__number", "case__step_id",
    ).order_by("pk")  # fmt: skip


def _moves(steps: Iterable[Step]) -> Iterator[Moved]:
    now = clock.now()
    stood = dict(
        Plea.objects.filter(
            kind=PleaKind.SUSPENSION, outcome="granted", ended_at__isnull=False,
            step__ended_at=None,
        ).values_list("step_id", "pk")
    )  # fmt: skip
    resumed = Plea.objects.in_bulk(stood.values())
    for step in steps:
        plea = resumed.get(stood.get(step.pk, 0))
        before = step.due_at
        try:
            after = _due(step, plea)
        except UnknownYear:
            continue
        if after == before:
            continue
        step.due_at = after
        yield Moved(
            step.pk, step.case_id, step.case.number, step.unit_id, before, after,
            clocks.next_mark(step, now), step.case.step_id == step.pk,
        )  # fmt: skip


def _due(step: Step, plea: Plea | None) -> datetime:
    """When a step is due by the calendars of today. Raises UnknownYear."""
    times = calendars.times_of(step.unit_id)
    limit = Limit(step.limit_amount or 0, step.limit_unit)
    if plea is None or plea.ended_at is None or plea.left is None:
        due_at = worktime.due(step.started_at, limit, times)
        more = times.length(Limit(step.extended, step.limit_unit)) if step.extended else timedelta()
    else:
        due_at, more = plea.ended_at, plea.left
    if not more:
        return due_at
    return times.add(due_at, more) if limit.measure.is_working else due_at + more


def _fact(one: Moved) -> ClockSet:
    before = one.before.isoformat() if one.before else ""
    return ClockSet(step=one.step_id, due_before=before, due=one.after.isoformat())


def _write(done: Sequence[Moved]) -> None:
    """The due times on steps and cases, each table in one statement."""
    told = json.dumps([
        {name: value.isoformat() if isinstance(value, datetime) else value
         for name, value in asdict(one).items()}
        for one in done
    ])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_step s SET due_at = m.after, watch_at = m.watch_at"
            " FROM json_to_recordset(%s::json)"
            " AS m(step_id bigint, after timestamptz, watch_at timestamptz) WHERE s.id = m.step_id",
            [told],
        )
        cursor.execute(
            "UPDATE cases_case c SET due_at = m.after, version = version + 1"
            " FROM json_to_recordset(%s::json)"
            " AS m(case_id bigint, after timestamptz, current boolean)"
            " WHERE c.id = m.case_id AND m.current",
            [told],
        )


def _outlook(looked_at: int, moved: Sequence[Moved]) -> Outlook:
    now = clock.now()
    was_late = [one.before is not None and one.before <= now for one in moved]
    is_late = [one.after <= now for one in moved]
    later = sum(one.before is None or one.after > one.before for one in moved)
    return Outlook(
        looked_at, later, len(moved) - later,
        sum(now_ and not was for was, now_ in zip(was_late, is_late, strict=True)),
        sum(was and not now_ for was, now_ in zip(was_late, is_late, strict=True)),
        moved[:SHOWN],
    )  # fmt: skip

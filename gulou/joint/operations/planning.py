"""Planning an operation, and changing the plan."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases import states as case_states
from gulou.cases.models import Case
from gulou.cases.operations.ground import check_nothing_personal, unit_in_use
from gulou.joint import facts, states
from gulou.joint.models import Operation
from gulou.kit import clock, rows
from gulou.kit.errors import Invalid
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people.models import User
from gulou.places.cells import cell_of

from .about import take_up
from .ground import keep, moved, put
from .parts import Part, set_task

_NUMBERS = 0x4C48_0001
"""What is locked while a number is given."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When, where and what. The point is WGS84."""

    title: str
    begins_at: datetime
    ends_at: datetime
    address: str
    lat: float
    lon: float
    words: str = ""


@rows.together()
def plan_operation(
    plan: Plan, *, by: User, lead_id: int, parts: Sequence[Part] = (),
    cases: Collection[Case] = (),
) -> Operation:  # fmt: skip
    """Plan one, with parts of units and cases. Whoever plans may lead for the unit that leads."""
    access.require(by, case_states.JOINT, unit_id=lead_id)
    lead = unit_in_use(lead_id)
    now = clock.now()
    operation = Operation(
        pk=rows.new(Operation), number=_next_number(now), lead=lead, planned_by=by, planned_at=now,
        changed_at=now, begins_at=plan.begins_at, ends_at=plan.ends_at,
    )  # fmt: skip
    _write_plan(operation, plan)
    kept, digest = keep(plan.words, "words")
    operation.plan = kept
    rows.add(operation)
    fact = facts.JointPlanned(
        number=operation.number, unit=lead.pk, begins=plan.begins_at.isoformat(),
        ends=plan.ends_at.isoformat(), words=kept.pk if kept else None, words_digest=digest,
    )  # fmt: skip
    record(fact, subject=operation, actor=by.actor)
    for part in parts:
        set_task(operation, part, by)
    take_up(operation, cases, by)
    return operation


@rows.together()
def change_plan(
    operation: Operation, plan: Plan, *, by: User, seen: int | None = None
) -> Operation:
    """Another time, place, title or plan. Parts keep their deadlines."""
    operation = moved(operation, states.CHANGE, by, seen)
    before = {name: getattr(operation, name) for name in _PLANNED}
    old = operation.plan.text if operation.plan else ""
    _write_plan(operation, plan)
    changed = [name for name in _PLANNED if getattr(operation, name) != before[name]]
    kept, digest = None, ""
    if clean(plan.words) != old:
        kept, digest = keep(plan.words, "words")
        operation.plan = kept
        changed.append("plan")
    put(operation, *_PLANNED, "cell", "plan")
    fact = facts.JointChanged(
        fields=changed, words=kept.pk if kept else None, words_digest=digest,
        begins=operation.begins_at.isoformat(), ends=operation.ends_at.isoformat(),
    )  # fmt: skip
    record(fact, subject=operation, actor=by.actor)
    return operation


_PLANNED = ("title", "begins_at", "ends_at", "address", "lat", "lon")


def _write_plan(operation: Operation, plan: Plan) -> None:
    title, address = clean(plan.title)[:120], clean(plan.address)[:200]
    if not title:
        raise Invalid("joint.title_missing", _("Say in a few words what it is."), field="title")
    if not address:
        raise Invalid("joint.place_missing", _("Say where the units meet."), field="address")
    for name, text in (("title", title), ("address", address)):
        check_nothing_personal(text, field=name)
    if plan.ends_at <= plan.begins_at:
        raise Invalid("joint.ends_before", _("It ends after it begins."), field="ends_at")
    operation.title, operation.address = title, address
    operation.begins_at, operation.ends_at = plan.begins_at, plan.ends_at
    operation.lat, operation.lon = plan.lat, plan.lon
    operation.cell = cell_of(plan.lat, plan.lon)


def _next_number(now: datetime) -> str:
    """LH2026-001: counted by the year, without gaps."""
    year = timezone.localtime(now).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    last = Operation.objects.filter(number__startswith=f"LH{year}-").count()
    return f"LH{year}-{last + 1:03d}"

"""Parts of the handling that units beneath have: who may move them now, and how each unit kept its
time with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from gulou.cases import states
from gulou.cases.models import Case, Step
from gulou.cases.operations.delegation import default_due, reported_beneath
from gulou.cases.states import Move, StepKind, verbs_lent_by
from gulou.kit import clock
from gulou.people import access
from gulou.people import queries as people
from gulou.people.access import OpenStep, Reach
from gulou.people.models import User
from gulou.people.queries import UnitRef

IN_THE_CHAIN = frozenset({states.DELEGATE, states.REPORT_UP, states.SEND_DOWN, states.TAKE_BACK})


def chain_moves(reach: Reach, case: Case, steps: Iterable[Step] | None) -> frozenset[Move]:
    """Which of the moves between levels are open to somebody now. `steps` are all of the case."""
    known = list(case.steps.all() if steps is None else steps)
    chain = [step for step in known if step.ended_at is None and step.kind in _LEVELS]
    if not chain:
        return frozenset()
    lowest, found = chain[-1], set()
    if case.suspended_until is None and case.plea != "suspension":
        if _holds(reach, states.DELEGATE, lowest) and units_beneath(lowest.unit_id):
            found.add(states.DELEGATE)
        if _holds(reach, states.SEND_DOWN, lowest) and _reported_to(lowest, known):
            found.add(states.SEND_DOWN)
    if lowest.kind == StepKind.PART and _holds(reach, states.REPORT_UP, lowest):
        found.add(states.REPORT_UP)
    if any(_holds(reach, states.TAKE_BACK, above) for above in chain[:-1]):
        found.add(states.TAKE_BACK)
    return frozenset(found)


_LEVELS = (StepKind.HANDLE, StepKind.PART)


def _holds(reach: Reach, move: Move, step: Step) -> bool:
    lent = OpenStep(verbs_lent_by(step.kind), step.unit_id, step.person_id)
    return reach.holds(move.verb, unit_id=step.unit_id, steps=[lent])


def _reported_to(above: Step, steps: list[Step]) -> bool:
    beneath = [s for s in steps if s.parent_id == above.pk and s.outcome != "undone"]
    return bool(beneath) and beneath[-1].outcome in ("reported", "given_back")


def units_beneath(unit_id: int) -> list[UnitRef]:
    """The units in use beneath one, those just below it first."""
    refs = people.unit_refs()
    path = refs[unit_id].path
    found = [u for u in refs.values() if u.active and u.path.startswith(path) and u.id != unit_id]
    return sorted(found, key=lambda unit: (len(unit.ancestor_ids), unit.code))


def due_beneath(case: Case, unit_id: int) -> datetime | None:
    """Until when a unit beneath would have its part where nobody says otherwise."""
    return default_due(case.step, unit_id, clock.now()) if case.step else None


def last_reported(case: Case) -> Step | None:
    """What was reported last to the unit that has the case now, and could be sent back down."""
    return reported_beneath(case.step) if case.step else None


def parts_to_take_back(user: User, case: Case) -> list[Step]:
    """The open parts that this person may take back, from the top down."""
    reach = access.reach_of(user)
    parts = case.steps.filter(kind=StepKind.PART, ended_at=None).select_related("parent")
    return [
        one
        for one in parts.order_by("started_at", "pk")
        if one.parent is not None and _holds(reach, states.TAKE_BACK, one.parent)
    ]


@dataclass(frozen=True)
class PartFigures:
    """How one unit kept its time with the parts it was given: each level counts for itself."""

    unit_id: int
    on_time: int
    late: int
    open: int
    open_late: int
    given_back: int


def part_figures(*, since: datetime, until: datetime) -> list[PartFigures]:
    """For each unit, of the parts that were handed down to it in a stretch of time.

    Reported without or before a deadline is on time. What was taken back counts neither way, nor
    what a unit said it cannot do.
    """
    now = clock.now()
    parts = Step.objects.filter(
        kind=StepKind.PART, started_at__gte=since, started_at__lt=until, case__restricted=False
    )
    done, late = Q(outcome="reported"), Q(ended_at__gt=F("due_at"))
    counted = parts.order_by().values("unit_id").annotate(
        on_time=Count("pk", filter=done & (Q(due_at=None) | ~late)),
        late=Count("pk", filter=done & late),
        open=Count("pk", filter=Q(ended_at=None)),
        open_late=Count("pk", filter=Q(ended_at=None, due_at__lt=now)),
        given_back=Count("pk", filter=Q(outcome="given_back")),
    )  # fmt: skip
    return [PartFigures(**row) for row in counted.order_by("unit_id")]

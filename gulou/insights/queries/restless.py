"""Cases that bounced or were extended most: given back, passed on, extended, suspended, reopened."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet

from gulou.cases import states
from gulou.cases.models import Note, Plea, PleaKind, Step
from gulou.cases.queries import Row, cases_seen_by, rows_of
from gulou.cases.states import StepKind
from gulou.insights.period import Period
from gulou.insights.states import Limits

from .scope import Scope

TURNS = ("returned", "passed_on", "extended", "suspended", "reopened")
MOST = 20


@dataclass(frozen=True)
class Restless:
    """A case, and how often each happened to it in the period."""

    row: Row
    turns: dict[str, int] = field(default_factory=dict)
    found: bool = True

    @property
    def count(self) -> int:
        """How often anything of it happened."""
        return sum(self.turns.values())

    @property
    def key(self) -> str:
        """What the finding is called in addresses and on record."""
        return f"case:{self.row.number}"

    @property
    def basis(self) -> dict[str, str | int | float | None]:
        """The numbers that it rests on."""
        return {"hits": self.count, **self.turns}


def restless(period: Period, scope: Scope, limits: Limits) -> list[Restless]:
    """The cases with most turns first, those with at least `limits.turns`."""
    counted: dict[int, Counter[str]] = defaultdict(Counter)
    for name, happened in _turns(period):
        for case_id, n in happened:
            counted[case_id][name] += n
    often = {pk: turns for pk, turns in counted.items() if turns.total() >= limits.turns}
    seen = cases_seen_by(scope.reader).filter(pk__in=list(often), restricted=False)
    ids = seen.order_by().values_list("pk", flat=True)
    most = sorted(ids, key=lambda pk: (-often[pk].total(), -pk))[:MOST]
    rows = {row.id: row for row in rows_of(cases_seen_by(scope.reader).filter(pk__in=most))}
    return [
        Restless(rows[pk], {name: often[pk][name] for name in TURNS if often[pk][name]})
        for pk in most if pk in rows
    ]  # fmt: skip


def _turns(period: Period) -> Iterable[tuple[str, Iterable[tuple[int, int]]]]:
    begin, end = period.span
    within = {"ended_at__gte": begin, "ended_at__lt": end, "case__changed_at__gte": begin}
    given_back = Step.objects.filter(
        case__returns__gt=0,
        kind__in=[StepKind.ACCEPT, StepKind.HANDLE],
        outcome="returned",
        **within,
    )
    # A dispatch that ends a step of accepting takes the case from one unit to another.
    passed_on = Step.objects.filter(kind=StepKind.ACCEPT, outcome="dispatched", **within)
    granted = Plea.objects.filter(outcome="granted", decided_at__gte=begin, decided_at__lt=end)
    reopened = Note.objects.filter(
        move=states.REOPEN.name, at__gte=begin, at__lt=end, case__changed_at__gte=begin
    )
    yield "returned", _by_case(given_back)
    yield "passed_on", _by_case(passed_on)
    yield "extended", _by_case(granted.filter(kind=PleaKind.EXTENSION))
    yield "suspended", _by_case(granted.filter(kind=PleaKind.SUSPENSION))
    yield "reopened", _by_case(reopened)


def _by_case(rows: QuerySet[Step] | QuerySet[Plea] | QuerySet[Note]) -> list[tuple[int, int]]:
    return [(pk, n) for pk, n in rows.order_by().values_list("case_id").annotate(n=Count("pk"))]

"""Units and categories whose lateness, rework or recurrence stands out from the district's rate.

Numbers of units are numbers of work, never of persons. What an upheld appeal has excused counts
neither way, and a part that was handed down counts for the unit that had it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from gulou.cases.models import Case, Recurrence, Step
from gulou.cases.states import State, StepKind
from gulou.insights.period import Period
from gulou.insights.states import About, Limits, Measure
from gulou.insights.statistics import Interval, adjusted, binomial_at_least, wilson

from .scope import Scope

_DONE = ("handled", "reported")


@dataclass(frozen=True)
class RateLine:
    """How many `hits` there were of so many. `usual` is the district's rate, 0 to 1.

    `chance`: how likely that many or more are where the district's rate holds, corrected for how
    many were compared.
    """

    measure: Measure
    about: About
    subject_id: int
    hits: int
    of: int
    usual: float
    interval: Interval
    chance: float
    found: bool = False

    @property
    def key(self) -> str:
        """What the finding is called in addresses and on record."""
        return f"{self.about}-{self.measure}:{self.subject_id}"

    @property
    def rate(self) -> float:
        """Its own rate, 0 to 1."""
        return self.hits / self.of

    @property
    def beyond(self) -> float:
        """How many fewer there would be at the district's rate."""
        return self.hits - self.of * self.usual

    @property
    def basis(self) -> dict[str, str | int | float | None]:
        """The numbers that it rests on."""
        return {"hits": self.hits, "of": self.of, "usual": round(self.usual, 4)}


@dataclass(frozen=True)
class Pile:
    """What is counted by: whose, of which kind."""

    unit_id: int
    category_id: int


Counts = dict[Measure, dict[Pile, tuple[int, int]]]
"""Hits, and how many they are of."""


@dataclass(frozen=True)
class Rates:
    """All that was compared; `few` had too little to say anything of them."""

    lines: list[RateLine]
    usual: dict[Measure, tuple[int, int]]
    few: int


def rates(counts: Counts, scope: Scope, limits: Limits) -> Rates:
    """Every unit and category within the scope with enough cases, what stands out most first."""
    usual = {measure: _summed(piles.values()) for measure, piles in counts.items()}
    lines: list[RateLine] = []
    few = 0
    for measure in counts:
        for about in About:
            sums = _sums(about, counts[measure], scope)
            told = [
                _line(measure, about, pk, n, usual[measure])
                for pk, n in sums.items() if n[1] >= limits.least
            ]  # fmt: skip
            lines += [
                one for one in _named(told, limits)
                if about == About.CATEGORY or scope.holds_unit(one.subject_id)
            ]  # fmt: skip
            few += len(sums) - len(told)
    lines.sort(key=lambda one: (not one.found, -one.beyond, one.key))
    return Rates(lines, usual, few)


def _sums(
    about: About, piles: dict[Pile, tuple[int, int]], scope: Scope
) -> dict[int, tuple[int, int]]:
    """By unit, of all of them, for they are compared with each other; by category, of the scope."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pile, n in piles.items():
        if about == About.UNIT:
            found[pile.unit_id].append(n)
        elif scope.holds_unit(pile.unit_id):
            found[pile.category_id].append(n)
    return {pk: _summed(parts) for pk, parts in found.items()}


def _summed(parts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    hits = of = 0
    for one, all_ in parts:
        hits, of = hits + one, of + all_
    return hits, of


def _line(
    measure: Measure, about: About, pk: int, n: tuple[int, int], usual: tuple[int, int]
) -> RateLine:
    share = usual[0] / usual[1] if usual[1] else 0.0
    return RateLine(
        measure, about, pk, *n, share, wilson(*n), binomial_at_least(*n, share)
    )  # fmt: skip


def _named(lines: list[RateLine], limits: Limits) -> list[RateLine]:
    chances = adjusted([one.chance for one in lines])
    return [
        replace(one, chance=chance, found=one.rate > one.usual and chance <= limits.error / 100)
        for one, chance in zip(lines, chances, strict=True)
    ]


# Counting -------------------------------------------------------------------------------------


def count(period: Period) -> Counts:
    """Of the whole district: the stretches of work that were late, the rechecks that failed, and the
    closed cases that came back."""
    found: Counts = {measure: {} for measure in Measure}
    rows = _work(period).values_list("kind", "unit_id", "case__unit_id", "case__category_id").annotate(
        n=Count("pk"), dated=Count("pk", filter=_TIMED), late=Count("pk", filter=_TIMED & _LATE),
        failed=Count("pk", filter=Q(outcome="failed")),
    )  # fmt: skip
    for kind, unit_id, case_unit_id, category_id, n, dated, late, failed in rows:
        if kind == StepKind.RECHECK:
            _add(found[Measure.REWORK], Pile(case_unit_id, category_id), failed, n)
        else:
            _add(found[Measure.LATE], Pile(unit_id, category_id), late, dated)
    closed = _closed(period).order_by().values_list("unit_id", "category_id")
    back = Counter(dict(_pairs(closed.filter(_CAME_BACK))))
    for pair, n in _pairs(closed):
        _add(found[Measure.RECURRENCE], Pile(*pair), back[pair], n)
    return found


def _pairs(rows: "QuerySet[Case, tuple[int, int]]") -> list[tuple[tuple[int, int], int]]:
    return [((unit, kind), n) for unit, kind, n in rows.annotate(n=Count("pk"))]


def _add(piles: dict[Pile, tuple[int, int]], pile: Pile, hits: int, of: int) -> None:
    if of:
        was = piles.get(pile, (0, 0))
        piles[pile] = (was[0] + hits, was[1] + of)


_TIMED = Q(due_at__isnull=False, excused=False)
_LATE = Q(ended_at__gt=F("due_at"))
_CAME_BACK = Q(Exists(Recurrence.objects.filter(before=OuterRef("pk"), confirmed=True)))


def _work(period: Period) -> QuerySet[Step]:
    """The handling, the parts handed down and the rechecks that ended in the period."""
    begin, end = period.span
    # What ended since has changed since, and by that there is an index.
    return Step.objects.filter(
        Q(kind__in=[StepKind.HANDLE, StepKind.PART], outcome__in=_DONE)
        | Q(kind=StepKind.RECHECK, outcome__in=["passed", "failed"]),
        case__changed_at__gte=begin, case__restricted=False,
        ended_at__gte=begin, ended_at__lt=end,
    ).order_by()  # fmt: skip


def _closed(period: Period) -> QuerySet[Case]:
    begin, end = period.span
    return Case.objects.filter(
        state=State.CLOSED, restricted=False, changed_at__gte=begin,
        ended_at__gte=begin, ended_at__lt=end,
    )  # fmt: skip


def cases_behind(measure: Measure, about: About, subject_id: int, period: Period) -> Q:
    """Which cases the hits of such a line are of."""
    whose = {About.UNIT: "case__unit_id", About.CATEGORY: "case__category_id"}[about]
    if measure == Measure.RECURRENCE:
        plain = whose.removeprefix("case__")
        cases = _closed(period).filter(_CAME_BACK, **{plain: subject_id})
        return Q(pk__in=cases.order_by().values("pk"))
    if measure == Measure.REWORK:
        steps = _work(period).filter(outcome="failed", **{whose: subject_id})
    else:
        own = "unit_id" if about == About.UNIT else whose
        steps = _work(period).exclude(kind=StepKind.RECHECK)
        steps = steps.filter(_TIMED & _LATE, **{own: subject_id})
    return Q(pk__in=steps.values("case_id"))

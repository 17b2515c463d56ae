"""How well duplicates are suggested, against a file in which somebody has flagged them.

The file is told in the order of time: each report is compared with those before it that had not
ended when it came, and the best three count. Nothing is written, and no database is asked.
"""

import math
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _

from gulou.cases.resemblance import (
    MOST,
    SHOWN,
    WITHIN,
    WITHIN_M,
    Sight,
    address_terms,
    resemblance,
)
from gulou.kit.errors import Invalid
from gulou.kit.words import bigrams
from gulou.places.coordinates import to_wgs84

from .files import Line, open_csv
from .house import Names
from .mapping import CaseMapping
from .taking import check_columns
from .times import moment_in

_DEGREE_M = 111_000.0
"""Metres in a degree, a little less than there are."""
STEPS = tuple(n / 2 for n in range(15))
"""The scores at which the curve is measured."""


@dataclass(frozen=True, slots=True)
class Told:
    """One report of the file: what is compared, and what the file says of it."""

    number: str
    sight: Sight
    ended: datetime | None
    flagged: bool
    parent: str
    same: tuple[str, ...]


@dataclass
class Point:
    """What comes of showing what scores at least so much. Counts are reports, or suggestions."""

    least: float
    reports: int = 0
    flagged: int = 0
    found: int = 0
    asked: int = 0
    shown: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        """The share of flagged reports with what they repeat among their suggestions."""
        return _share(self.found, self.flagged)

    @property
    def precision(self) -> float:
        """The share of reports with a suggestion for which it was a right one."""
        return _share(self.found, self.asked)

    @property
    def right_share(self) -> float:
        """The share of suggestions that were right."""
        return _share(self.right, self.shown)

    @property
    def per_report(self) -> float:
        """Suggestions for each report."""
        return _share(self.shown, self.reports)


@dataclass
class Curve:
    """The whole of it. `left` are lines without a place, a time or a number."""

    points: list[Point] = field(default_factory=lambda: [Point(step) for step in STEPS])
    left: int = 0
    # Flagged ones before which nothing stands that they could repeat: no suggestion can find those.
    orphans: int = 0

    @property
    def chosen(self) -> Point:
        """The point at which the house shows suggestions."""
        return next(point for point in self.points if point.least == SHOWN)


def evaluate(
    path: Path,
    mapping: CaseMapping,
    *,
    since: date | None = None,
    before: date | None = None,
    scatter_m: float = 0.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Curve:
    """The curve for the reports of `since` up to `before`; earlier ones are only remembered.

    With `scatter_m` each place is moved at random, by so many metres to the one and the other side
    (standard deviation), and its address is not looked at: as if telephones had sent the file.
    Raises Invalid on a file or mapping that cannot be used.
    """
    curve, reports, dice = Curve(), [], random.Random(2026)  # noqa: S311  the same each time
    for one in _read(path, mapping):
        if one is None:
            curve.left += 1
        else:
            reports.append(_scattered(one, scatter_m, dice) if scatter_m else one)
    reports.sort(key=lambda one: (one.sight.at, one.number))
    memory = _Memory(mapping)
    for done, one in enumerate(reports):
        day = one.sight.at.astimezone(mapping.zone).date()
        if (since is None or day >= since) and (before is None or day < before):
            _count(curve, one, memory)
        memory.keep(one)
        if done % 1000 == 0:
            progress(done, len(reports))
    return curve


def _scattered(one: Told, metres: float, dice: random.Random) -> Told:
    here = one.sight
    aside = math.cos(math.radians(here.lat))
    sight = replace(
        here, lat=here.lat + dice.gauss(0, metres) / _DEGREE_M,
        lon=here.lon + dice.gauss(0, metres) / _DEGREE_M / aside, accuracy_m=metres,
        address=frozenset(),
    )  # fmt: skip
    return replace(one, sight=sight)


def _count(curve: Curve, one: Told, memory: "_Memory") -> None:
    best = memory.best(one)
    curve.orphans += one.flagged and not memory.has_parent(one)
    for point in curve.points:
        shown = [right for score, right in best if score >= point.least]
        point.reports += 1
        point.flagged += one.flagged
        point.found += any(shown)
        point.asked += bool(shown)
        point.shown += len(shown)
        point.right += sum(shown)


class _Memory:
    """The reports told so far, by place, for as long as they count."""

    def __init__(self, mapping: CaseMapping) -> None:
        self.says = mapping.duplicates
        self.cells: dict[tuple[int, int], deque[Told]] = defaultdict(deque)
        self.roots: dict[str, str] = {}
        self.groups: dict[tuple[str, ...], datetime] = {}

    def keep(self, one: Told) -> None:
        self.cells[_cell(one.sight)].append(one)
        if self.says.parent:
            self.roots[one.number] = self._root(one.parent) if one.parent else one.number
        self.groups[one.same] = one.sight.at

    def best(self, one: Told) -> list[tuple[float, bool]]:
        """The scores of the likest, best first, and whether each is right."""
        near = ((resemblance(one.sight, other.sight), other) for other in self._near(one.sight))
        scored = [(found.score, found.metres, other) for found, other in near
                  if found.metres <= WITHIN_M]  # fmt: skip
        scored.sort(key=lambda each: (-each[0], each[1]))
        return [(score, self._right(one, other)) for score, _metres, other in scored[:MOST]]

    def has_parent(self, one: Told) -> bool:
        """Whether anything told so far is what this one repeats, wherever it was."""
        if self.says.parent:
            return one.parent in self.roots
        last = self.groups.get(one.same)
        return not self.says.same or (last is not None and self._in_time(one, last))

    def _right(self, one: Told, other: Told) -> bool:
        if not one.flagged:
            return False
        if self.says.parent:
            return self.roots[other.number] == self._root(one.parent)
        return one.same == other.same and self._in_time(one, other.sight.at)

    def _in_time(self, one: Told, then: datetime) -> bool:
        return (one.sight.at - then).days <= self.says.days

    def _root(self, number: str) -> str:
        return self.roots.get(number, number)

    def _near(self, here: Sight) -> Iterator[Told]:
        x, y = _cell(here)
        wide = math.ceil(1 / max(math.cos(math.radians(here.lat)), 0.05))
        for column in range(x - wide, x + wide + 1):
            for row in (y - 1, y, y + 1):
                if (column, row) in self.cells:
                    told = self.cells[column, row]
                    while told and here.at - told[0].sight.at > WITHIN:
                        told.popleft()
                    yield from (one for one in told if not one.ended or one.ended >= here.at)


def _cell(sight: Sight) -> tuple[int, int]:
    side = WITHIN_M / _DEGREE_M
    return math.floor(sight.lon / side), math.floor(sight.lat / side)


def _read(path: Path, mapping: CaseMapping) -> Iterator[Told | None]:
    says, names = mapping.duplicates, Names(mapping)
    if not (says.column or says.parent):
        raise Invalid(
            "mapping.no_duplicates",
            _("The mapping does not say which column flags duplicates: add [duplicates] to it."),
            field="mapping",
        )
    file = open_csv(path)
    check_columns(file, mapping)
    for line in file.lines():
        yield _told(line, mapping, names)


def _told(line: Line, mapping: CaseMapping, names: Names) -> Told | None:
    columns, says = mapping.columns, mapping.duplicates
    number, at = (
        names.cell(line, columns.number),
        moment_in(mapping, names.cell(line, columns.opened)),
    )
    place = _place(names.cell(line, columns.lat), names.cell(line, columns.lon), mapping)
    if not number or at is None or place is None:
        return None
    parent = names.cell(line, says.parent)
    kinds = names.category(line)
    sight = Sight(
        *place, at, kinds, kinds[:1],
        address=address_terms(names.cell(line, columns.address)),
        words=frozenset(bigrams(names.cell(line, columns.words))),
    )  # fmt: skip
    flag = names.cell(line, says.column)
    flagged = flag in says.values if says.column else bool(parent)
    ended = moment_in(mapping, names.cell(line, columns.ended))
    same = tuple(names.cell(line, one) for one in says.same)
    return Told(number, sight, ended, flagged, parent, same)


def _place(lat: str, lon: str, mapping: CaseMapping) -> tuple[float, float] | None:
    try:
        return to_wgs84(float(lat), float(lon), mapping.place.system)
    except (ValueError, Invalid):
        return None


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def sentences(curve: Curve, mapping: CaseMapping) -> Iterator[str]:
    """The curve as a table, and what it means at the score that is shown."""
    chosen, says = curve.chosen, mapping.duplicates
    yield _("%(n)d reports, %(flagged)d of them flagged; %(left)d lines have no place, time or number.") % {
        "n": chosen.reports, "flagged": chosen.flagged, "left": curve.left}  # fmt: skip
    if curve.orphans:
        yield _("%(n)d flagged reports repeat nothing that stands before them in the file.") % {
            "n": curve.orphans}  # fmt: skip
    if not says.parent and not says.same:
        yield _("The file does not say what a report repeats: any suggestion counts as right.")
    yield ""
    yield f"{'score':>6} {'recall':>7} {'precision':>9} {'right':>7} {'asked':>7} {'per report':>10}"
    for point in curve.points:
        mark = " *" if point is chosen else ""
        yield (
            f"{point.least:>6} {point.recall:>7.1%} {point.precision:>9.1%}"
            f" {point.right_share:>7.1%} {_share(point.asked, point.reports):>7.1%}"
            f" {point.per_report:>10.2f}{mark}"
        )
    yield ""
    yield _("* is what the house shows. precision: of the reports that got a suggestion, those flagged with a right one; right: of all suggestions; asked: reports that got one.")  # fmt: skip


def drawing(curves: Sequence[tuple[str, Curve]]) -> str:
    """Recall over precision, as SVG: one line for each named curve, a ring at what is shown."""
    colours, parts = ("#1f6feb", "#b35900", "#2e7d32"), []
    for at, (name, curve) in enumerate(curves):
        colour = colours[at % len(colours)]
        spots = [(_x(p.precision), _y(p.recall)) for p in curve.points if p.asked]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        ring = curve.chosen
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{line}"/>'
            f'<circle cx="{_x(ring.precision):.1f}" cy="{_y(ring.recall):.1f}" r="5" fill="none"'
            f' stroke="{colour}" stroke-width="2"/>'
            f'<text x="70" y="{330 + 18 * at}" fill="{colour}">{name}</text>'
        )
    ticks = "".join(
        f'<text x="{_x(n / 10):.0f}" y="300" text-anchor="middle">{n * 10}</text>'
        f'<text x="52" y="{_y(n / 10) + 4:.0f}" text-anchor="end">{n * 10}</text>'
        f'<path d="M60 {_y(n / 10):.0f}H560M{_x(n / 10):.0f} 30V280" stroke="#8885"/>'
        for n in range(0, 11, 2)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 380" font-family="sans-serif"'
        f' font-size="13" fill="#666">{ticks}<text x="310" y="318" text-anchor="middle">precision, %'
        '</text><text x="60" y="20">recall, %</text>' + "".join(parts) + "</svg>\n"
    )


def _x(share: float) -> float:
    return 60 + 500 * share


def _y(share: float) -> float:
    return 280 - 250 * share

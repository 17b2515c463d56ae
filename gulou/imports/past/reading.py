"""One line of another system's file becoming a case of ours, or the reason why it cannot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
from django.utils.translation import gettext as _

from gulou.cases.models import Source
from gulou.cases.operations.past import STATES_TAKEN, PastCase
from gulou.cases.states import ENDED, State
from gulou.kit import clock
from gulou.kit.errors import Invalid
from gulou.kit.words import clean
from gulou.places import queries as places
from gulou.places.coordinates import to_wgs84
from gulou.places.models import Area

from .files import Line
from .house import House
from .mapping import AREA, KEEP, CaseMapping
from .times import moment_in

LONGEST_WORDS = 2000
LEVELS = ("street", "community", "grid")
FAR_M = 5000.0


class Rejected(Exception):
    """Why a line cannot be taken: the reason, and what stands there."""

    def __init__(self, reason: str, what: str = "") -> None:
        super().__init__(reason)
        self.reason, self.what = reason, what


@dataclass
class Spot:
    """Where a case is: WGS84 degrees and, where it was named or found, its areas by level."""

    lat: float
    lon: float
    given: tuple[float, float]
    accuracy_m: float | None = None
    measured: bool = True
    areas: dict[str, int] = field(default_factory=dict)


@dataclass
class Agreement:
    """How often the ground agrees with the area that the file names, on one level."""

    compared: int = 0
    agree: int = 0


class Reader:
    """Reads lines with one mapping into one house."""

    def __init__(self, mapping: CaseMapping, house: House) -> None:
        self.mapping, self.house, self.cell = mapping, house, house.names.cell
        self.agreement = {level: Agreement() for level in mapping.areas}
        self.now = clock.now()
        self.district = Area.objects.get(pk=places.district().id)

    def number(self, line: Line) -> str:
        """The number of a case in its own system. Raises Rejected."""
        number = self.cell(line, self.mapping.columns.number)
        if not 0 < len(number) <= 80:
            raise Rejected(_("It has no number."))
        return number

    def spots(self, lines: Sequence[Line]) -> list[Spot | Rejected]:
        """Where each line is, all looked up together."""
        found = [self._spot(line) for line in lines]
        measured = [n for n, spot in enumerate(found) if isinstance(spot, Spot) and spot.measured]
        points = np.array([(found[n].lon, found[n].lat) for n in measured]).reshape(-1, 2)  # type: ignore[union-attr]  # measured are spots
        if not measured:
            return found
        wanted = dict.fromkeys((self.district.level.code, *LEVELS, *self.mapping.areas))
        for level in wanted:
            try:
                ids = places.locate_many(points, level=level).tolist()
            except Invalid:
                continue  # a level that this house does not have
            for n, area_id in zip(measured, ids, strict=True):
                self._stands(found, n, level, area_id)
        for n in measured:
            self._compare(lines[n], found[n])
        return found

    def _stands(self, found: list[Spot | Rejected], n: int, level: str, area_id: int) -> None:
        spot = found[n]
        if isinstance(spot, Rejected):
            return
        if area_id >= 0:
            spot.areas[level] = area_id
        elif level == self.district.level.code and self.mapping.place.outside != KEEP:
            found[n] = Rejected(
                _("The place is outside the district."), f"{spot.lat:.5f}, {spot.lon:.5f}"
            )

    def _compare(self, line: Line, spot: Spot | Rejected) -> None:
        for level, names in self.mapping.areas.items():
            code, name = self.house.names.area(line, names)
            if name:
                told = self.agreement[level]
                told.compared += 1
                if isinstance(spot, Spot):
                    area = spot.areas.get(level, -1)
                    told.agree += self.house.areas[level].agrees(area, code, name)

    def _spot(self, line: Line) -> Spot | Rejected:
        columns, place = self.mapping.columns, self.mapping.place
        lat, lon = self.cell(line, columns.lat), self.cell(line, columns.lon)
        if lat and lon:
            try:
                given = float(lat), float(lon)
                if not all(map(math.isfinite, given)):
                    raise ValueError
                here = to_wgs84(*given, place.system)
            except (ValueError, Invalid):
                return Rejected(_("Its coordinates cannot be read."), f"{lat}, {lon}")
            return Spot(*here, given)
        if place.without != AREA:
            return Rejected(_("It has no coordinates."))
        areas = self.house.areas_named(line)
        middle = self._middle(areas)
        if middle is None:
            return Rejected(_("It has no coordinates, and names no area that we know."))
        return Spot(*middle, middle, FAR_M, measured=False, areas=areas)

    def _middle(self, areas: dict[str, int]) -> tuple[float, float] | None:
        """The middle of the finest area that is named; else the one that the mapping gives."""
        for level in reversed(list(self.mapping.areas)):
            area = self.house.areas[level].by_id.get(areas.get(level, 0))
            if area is not None and area.centre_lat is not None and area.centre_lon is not None:
                return area.centre_lat, area.centre_lon
        return self.mapping.place.middle

    def case(self, line: Line, spot: Spot) -> PastCase:
        """The line as a case of ours. Raises Rejected."""
        columns, mapping, names = self.mapping.columns, self.mapping, self.house.names
        state = self._state(line)
        opened = self._time(line, columns.opened)
        if opened is None:
            raise Rejected(_("It does not say when it was opened."))
        kind = self.house.kinds.get(names.category(line))
        if kind is None:
            raise Rejected(
                _("The mapping does not know its category."), " / ".join(names.category(line))
            )
        unit = self.house.units.get(names.unit(line))
        if unit is None:
            raise Rejected(_("The mapping does not know its unit."), " ".join(names.unit(line)))
        words = clean(self.cell(line, columns.words))
        if len(words) > LONGEST_WORDS:
            raise Rejected(_("Its words are too long."), str(len(words)))
        return PastCase(
            number=self.number(line), line=line.digest(), state=state, opened=opened,
            ended=self._ended(line, state, opened), category_id=kind.category_id,
            code_set_id=kind.code_set_id, unit_id=unit, lat=spot.lat, lon=spot.lon,
            given=spot.given, accuracy_m=spot.accuracy_m, source_system=mapping.place.system,
            areas=spot.areas, address=clean(self.cell(line, columns.address))[:200], words=words,
            source=self._source(line), on_time=self._on_time(line),
        )  # fmt: skip

    def _state(self, line: Line) -> State:
        told = self.cell(line, self.mapping.states.column)
        meaning = self.mapping.states.meaning(told)
        if meaning not in STATES_TAKEN:
            raise Rejected(_("The mapping does not know its state."), told)
        return State(meaning)

    def _source(self, line: Line) -> str:
        told = self.cell(line, self.mapping.sources.column)
        return self.mapping.sources.meaning(told) or Source.HOTLINE

    def _on_time(self, line: Line) -> bool | None:
        told = self.cell(line, self.mapping.on_time.column)
        if told and told in self.mapping.on_time.yes:
            return True
        return False if told and told in self.mapping.on_time.no else None

    def _ended(self, line: Line, state: State, opened: datetime) -> datetime | None:
        """When it ended. A system that keeps no time of the end leaves that of the opening."""
        if state not in ENDED:
            return None
        ended = self._time(line, self.mapping.columns.ended) or opened
        if ended < opened:
            raise Rejected(_("It ended before it was opened."), f"{opened} – {ended}")
        return ended

    def _time(self, line: Line, column: str) -> datetime | None:
        text = self.cell(line, column)
        if not text:
            return None
        moment = moment_in(self.mapping, text)
        if moment is None:
            raise Rejected(_("A time cannot be read."), text)
        if moment > self.now + timedelta(days=1):
            raise Rejected(_("A time is in the future."), text)
        return moment

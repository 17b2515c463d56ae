"""The mapping file: what the columns and the values of another system's file mean here. TOML."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _

from gulou.cases.models import Source
from gulou.cases.operations.past import STATES_TAKEN
from gulou.catalogue.operations import Foreign
from gulou.kit.errors import Invalid
from gulou.places.coordinates import check_system

T = TypeVar("T")
REFUSE, AREA, KEEP = "refuse", "area", "keep"


@dataclass(frozen=True)
class Columns:
    """Which column holds what. Only the number and the time of opening are needed."""

    number: str
    opened: str
    ended: str = ""
    words: str = ""
    address: str = ""
    lat: str = ""
    lon: str = ""


@dataclass(frozen=True)
class Values:
    """What the values of a column mean. `otherwise` is for all that are not listed."""

    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""

    def meaning(self, value: str) -> str:
        """What this value means; "" where nothing is said of it."""
        return self.values.get(value, self.otherwise)


@dataclass(frozen=True)
class Place:
    """How places are to be taken.

    `without`: a row with no coordinates is refused ("refuse"), or stands in the middle of the area
    that it names ("area"); `middle` (lat, lon in WGS84) is for areas whose border is not known.
    `outside`: a place outside the district is refused, or kept ("keep").
    """

    system: str = "wgs84"
    without: str = REFUSE
    outside: str = REFUSE
    middle: tuple[float, float] | None = None


@dataclass(frozen=True)
class AreaNames:
    """The columns that name an area of one level. `ignore` is a pattern cut out of names."""

    code: str = ""
    name: str = ""
    ignore: str = ""
    make: bool = False


@dataclass(frozen=True)
class Categories:
    """One column, or a class and a subclass; and what they are here, by the code of a category.

    `make` keeps the other system's own list instead, under its own names.
    """

    columns: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    make: Foreign | None = None


@dataclass(frozen=True)
class Units:
    """The columns that name the unit; what they are here, by the code of a unit.

    `make` adds units that are missing, of this kind, below the unit `under` (the district office).
    """

    column: str = ""
    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    make: str = ""
    under: str = ""


@dataclass(frozen=True)
class OnTime:
    """The column that says whether a case was done in time, and its two answers."""

    column: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duplicates:
    """How the file flags a report that repeats another: only measuring asks for it.

    `column` with its `values` is the flag; `parent` the column with the number of what is repeated
    (alone it is the flag too). Where no column says that, what is repeated is any report of the
    `days` before with equal cells in all the columns `same`.
    """

    column: str = ""
    values: tuple[str, ...] = ()
    parent: str = ""
    same: tuple[str, ...] = ()
    days: int = 14


@dataclass(frozen=True)
class CaseMapping:
    """All of a mapping file."""

    system: str
    zone: ZoneInfo
    columns: Columns
    formats: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset({""})
    place: Place = Place()
    areas: Mapping[str, AreaNames] = field(default_factory=dict)
    categories: Categories = Categories()
    units: Units = Units()
    states: Values = Values()
    sources: Values = Values()
    on_time: OnTime = OnTime()
    duplicates: Duplicates = Duplicates()

    def named_columns(self) -> set[str]:
        """Every column that the file must have."""
        parts: tuple[Columns | AreaNames, ...] = (self.columns, *self.areas.values())
        found = {str(getattr(part, f.name)) for part in parts for f in fields(part)
                 if f.name not in ("ignore", "make")}  # fmt: skip
        found |= {*self.categories.columns, self.units.column, self.units.code}
        found |= {self.states.column, self.sources.column, self.on_time.column}
        found |= {self.duplicates.column, self.duplicates.parent, *self.duplicates.same}
        return found - {""}


def read_mapping(path: Path) -> CaseMapping:
    """The mapping in this file. Raises Invalid, with the part that is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid(
            "mapping.unreadable",
            _("The mapping %(file)s cannot be read: %(why)s.") % {"file": path, "why": error},
            field="mapping",
        ) from error
    return _mapping(given)


def _mapping(given: dict[str, Any]) -> CaseMapping:
    top = {"system", "time_zone", "formats", "empty"}
    parts = {f.name for f in fields(CaseMapping)} - {"zone", *top}
    _only(given, top | parts, "")
    return CaseMapping(
        system=_needed(given, "system"),
        zone=_zone(_needed(given, "time_zone")),
        columns=_part(Columns, given, "columns"),
        formats=tuple(given.get("formats", ())),
        empty=frozenset({"", *given.get("empty", ())}),
        place=_place(given),
        areas={level: _made(AreaNames, part, f"areas.{level}") for level, part in given.get("areas", {}).items()},
        categories=_categories(given),
        units=_part(Units, given, "units"),
        states=_among(_part(Values, given, "states"), [s.value for s in STATES_TAKEN], "states"),
        sources=_among(_part(Values, given, "sources"), Source.values, "sources"),
        on_time=_part(OnTime, given, "on_time"),
        duplicates=_part(Duplicates, given, "duplicates"),
    )  # fmt: skip


def _needed(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(name, _("it is missing."))
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise _wrong("time_zone", _("there is no such time zone.")) from error


def _place(given: Mapping[str, Any]) -> Place:
    place = _part(Place, given, "place")
    check_system(place.system)
    if place.without not in (REFUSE, AREA):
        raise _wrong("place.without", f"{REFUSE}, {AREA}")
    if place.outside not in (REFUSE, KEEP):
        raise _wrong("place.outside", f"{REFUSE}, {KEEP}")
    return place


def _categories(given: Mapping[str, Any]) -> Categories:
    part = dict(given.get("categories", {}))
    make = part.pop("make", None)
    found = _made(Categories, part, "categories")
    if make is None:
        return found
    foreign = _made(Foreign, make, "categories.make")
    return Categories(found.columns, found.values, found.otherwise, foreign)


def _among(values: Values, known: Sequence[str], name: str) -> Values:
    for meaning in (*values.values.values(), values.otherwise):
        if meaning and meaning not in known:
            raise _wrong(name, f"“{meaning}”: {', '.join(known)}")
    return values


def _part(kind: type[T], given: Mapping[str, Any], name: str) -> T:
    return _made(kind, given.get(name, {}), name)


def _made(kind: type[T], part: Any, name: str) -> T:
    """A part of the file as one of our classes; lists become tuples."""
    if not isinstance(part, dict):
        raise _wrong(name, _("it is no table."))
    _only(part, {f.name for f in fields(kind)}, name)  # type: ignore[arg-type]  # all of ours are dataclasses
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in part.items()})
    except TypeError as error:
        raise _wrong(name, _("something is missing: %(what)s") % {"what": error}) from error


def _only(part: Mapping[str, Any], known: set[str], name: str) -> None:
    unknown = sorted(set(part) - known)
    if unknown:
        what = _("“%(unknown)s” means nothing there; known are: %(known)s.")
        raise _wrong(
            name or "top", what % {"unknown": unknown[0], "known": ", ".join(sorted(known))}
        )


def _wrong(part: str, what: str) -> Invalid:
    message = _("The mapping is wrong at “%(part)s”: %(what)s") % {"part": part, "what": what}
    return Invalid("mapping.wrong", message, field="mapping")

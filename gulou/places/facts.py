"""What the record keeps about areas and named places."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact

Particulars = dict[str, str | int | float | bool | list[str] | None]
"""What changed of a thing, by field. Names of places are public; nobody's own words are here."""


@dataclass(frozen=True, kw_only=True)
class LevelSet(Fact):
    """A level of areas was added, described anew, retired, or brought back."""

    name: ClassVar[str] = "level.set"
    code: str
    rank: int
    overlapping: bool
    before: Particulars = field(default_factory=dict)
    after: Particulars = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AreaImported(Fact):
    """An area was added or changed. Digests are SHA-256, hex; empty where there is nothing."""

    name: ClassVar[str] = "area.imported"
    level: str
    code: str
    parent: str
    border_digest: str
    source_system: str
    review_number: str
    synthetic: bool
    file_digest: str = ""


@dataclass(frozen=True, kw_only=True)
class AreaRetired(Fact):
    """An area is no longer used for new places."""

    name: ClassVar[str] = "area.retired"
    level: str
    code: str


@dataclass(frozen=True, kw_only=True)
class PlaceAdded(Fact):
    """A named place was added by hand."""

    name: ClassVar[str] = "place.added"
    cell: int
    source_system: str


@dataclass(frozen=True, kw_only=True)
class PlaceChanged(Fact):
    """A named place is called otherwise, or lies elsewhere: what it was and what it became."""

    name: ClassVar[str] = "place.changed"
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class PlaceRetired(Fact):
    """A named place is no longer found."""

    name: ClassVar[str] = "place.retired"


@dataclass(frozen=True, kw_only=True)
class PlaceRestored(Fact):
    """A retired named place is found again."""

    name: ClassVar[str] = "place.restored"


@dataclass(frozen=True, kw_only=True)
class PlacesImported(Fact):
    """A list of named places was read; how many were added and changed by it."""

    name: ClassVar[str] = "places.imported"
    file_digest: str
    added: int
    changed: int


@dataclass(frozen=True, kw_only=True)
class AreaDescribed(Fact):
    """An area got other names: what they were and what they became, by field."""

    name: ClassVar[str] = "area.described"
    before: dict[str, str]
    after: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AreaCounted(Fact):
    """How many people live in an area, the year and the source: what was said and what is now."""

    name: ClassVar[str] = "area.counted"
    before: Particulars
    after: Particulars


@dataclass(frozen=True, kw_only=True)
class AreaRestored(Fact):
    """A retired area is used for new places again."""

    name: ClassVar[str] = "area.restored"
    level: str
    code: str

"""What the record keeps about areas and named places."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class LevelSet(Fact):
    """A level of areas was added or described anew."""

    name: ClassVar[str] = "level.set"
    code: str
    rank: int
    overlapping: bool


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
class AreaRestored(Fact):
    """A retired area is used for new places again."""

    name: ClassVar[str] = "area.restored"
    level: str
    code: str

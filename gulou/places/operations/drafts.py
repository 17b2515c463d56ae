"""What an import is told, and what it answers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class AreaDraft:
    """An area as a file has it. What is None is not said, and stays as it is on a known area."""

    code: str
    name_zh: str | None = None
    name_en: str | None = None
    geometry: BaseGeometry | None = None
    parent_code: str | None = None


@dataclass(frozen=True)
class AreaSource:
    """What is true of a whole file: how its numbers are meant and how far they are to be trusted."""

    system: str = "wgs84"
    review_number: str = ""
    synthetic: bool = False
    file_digest: str = ""


@dataclass(frozen=True)
class PlaceDraft:
    """A named place as a file has it, its point in WGS84."""

    name_zh: str
    lat: float
    lon: float
    name_en: str = ""
    kind: str = ""
    aliases: tuple[str, ...] = ()
    source_system: str = "wgs84"


@dataclass
class Summary:
    """What an import did, or would do. `repairs` and `notes` are sentences; of places, `found` is
    what each draft found there, None where it is new."""

    added: int = 0
    changed: int = 0
    same: int = 0
    repairs: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    found: list[PlaceDraft | None] = field(default_factory=list)

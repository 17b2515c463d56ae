"""What happens to photos."""

from dataclasses import dataclass, field
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PhotoKept(Fact):
    """A staged photo became evidence. The digest proves which bytes."""

    name: ClassVar[str] = "photo.kept"
    sha256: str
    bytes: int


@dataclass(frozen=True, kw_only=True)
class PhotoLookedAt(Fact):
    """The detectors looked for what the public must not see. Each cover is a row."""

    name: ClassVar[str] = "photo.looked_at"
    faces: int
    plates: int


@dataclass(frozen=True, kw_only=True)
class CoversChanged(Fact):
    """A person decided what of a picture is covered: ids of covers that came and that went."""

    name: ClassVar[str] = "photo.covers_changed"
    added: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class CoveringSwitched(Fact):
    """From now on faces and plates are looked for in new pictures, or not any more."""

    name: ClassVar[str] = "photo.covering_switched"
    on: bool

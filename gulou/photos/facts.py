"""What happens to photos."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PhotoKept(Fact):
    """A staged photo became evidence. The digest proves which bytes."""

    name: ClassVar[str] = "photo.kept"
    sha256: str
    bytes: int

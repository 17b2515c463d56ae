"""What papers tell the house: what left it, never what stood in it."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PaperTaken(Fact):
    """Somebody made a file from cases. `narrowed` is how the list was narrowed, in ids and codes;
    `unreleased` that pictures were in it which nobody had released."""

    name: ClassVar[str] = "paper.taken"
    kind: str
    cases: int
    narrowed: str
    unreleased: bool = False

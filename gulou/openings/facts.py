"""What the opening of the public side tells the house. Notes stay in their rows."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class OpeningAsked(Fact):
    name: ClassVar[str] = "opening.asked"
    part: str
    step: int


@dataclass(frozen=True, kw_only=True)
class OpeningApproved(Fact):
    """From now on everybody reads this part. `asked_by` is the public id of who asked."""

    name: ClassVar[str] = "opening.approved"
    part: str
    step: int
    asked_by: str


@dataclass(frozen=True, kw_only=True)
class OpeningWithdrawn(Fact):
    """What was asked for is not opened."""

    name: ClassVar[str] = "opening.withdrawn"
    part: str
    step: int


@dataclass(frozen=True, kw_only=True)
class OpeningClosed(Fact):
    """From now on nobody outside reads this part."""

    name: ClassVar[str] = "opening.closed"
    part: str
    step: int

"""What errands tell the house: who asked for what, and what came of it."""

from dataclasses import dataclass
from typing import ClassVar

from gulou.kit.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ErrandAsked(Fact):
    name: ClassVar[str] = "errand.asked"
    kind: str


@dataclass(frozen=True, kw_only=True)
class ErrandDone(Fact):
    """It is ready. `sha256` is the digest of its file, "" where none came of it."""

    name: ClassVar[str] = "errand.done"
    kind: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ErrandFailed(Fact):
    name: ClassVar[str] = "errand.failed"
    kind: str
    error: str


@dataclass(frozen=True, kw_only=True)
class ErrandCancelled(Fact):
    name: ClassVar[str] = "errand.cancelled"
    kind: str


@dataclass(frozen=True, kw_only=True)
class ErrandFetched(Fact):
    """The asker took its file out of the house."""

    name: ClassVar[str] = "errand.fetched"
    kind: str
    rows: int

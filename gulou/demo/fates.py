"""How stories are meant to go: manners of units, places, what becomes of a case."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime

from gulou.cases.models import Case, Source
from gulou.cases.states import State

Story = Iterator[datetime]
# Parts of a story: they give back the case as it is then; an outcome may be that it waits.
Course = Generator[datetime, None, Case]
Outcome = Generator[datetime, None, Case | None]
BY_THE_PUBLIC = (Source.RESIDENT, Source.PATROL)


@dataclass(frozen=True)
class Manner:
    """How a unit works: the share of its time that it takes, and what goes wrong how often."""

    pace: float = 0.55
    late: float = 0.1
    returns: float = 0.06
    reworks: float = 0.09
    notes: float = 0.08


ORDINARY = Manner()
MANNERS = {
    "S003": Manner(pace=0.25, late=0.0, returns=0.01, reworks=0.02, notes=0.2),
    "S006": Manner(pace=0.95, late=0.5, returns=0.12, reworks=0.24, notes=0.02),
    "D02": Manner(pace=0.3, late=0.03, returns=0.03, reworks=0.05),
    "D12": Manner(pace=0.85, late=0.35, returns=0.16, reworks=0.15),
    "D25": Manner(pace=0.7, late=0.2, returns=0.2, reworks=0.1),
}
"""By the code of the unit: one street that others may learn from, and one that is always late."""


@dataclass(frozen=True)
class Spot:
    """Where something is: WGS84, what people call it, and which drawing shows it."""

    lat: float
    lon: float
    address: str
    scene: int = 0


@dataclass(frozen=True)
class Fate:
    """How a story is meant to go. Chances are drawn once, so a seed tells one past."""

    declined: bool = False
    redirected: bool = False
    returned: int = 0
    reworked: int = 0
    share: float = 0.5
    released: bool = False
    objected: bool = False
    rated: bool = False
    doubled: bool = False
    joined: int = 0
    public_note: bool = False
    asked: bool = False
    stops: State | None = None

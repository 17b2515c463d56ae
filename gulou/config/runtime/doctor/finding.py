"""What a check says."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """How a thing stands."""

    GOOD = "✓"
    LOOK = "!"
    WRONG = "✗"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is, how it stands, and what to do."""

    verdict: Verdict
    thing: str
    said: str
    todo: str = ""

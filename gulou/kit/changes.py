"""A change of something configured, as its history shows it: who, when, from what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Detail:
    """One particular that changed. An empty `was` or `became` means: nothing was there."""

    label: Any
    was: str
    became: str


@dataclass(frozen=True)
class Change:
    """One fact in a sentence. `actor` is as in the record; the face knows the person's name."""

    event_id: int
    at: datetime
    actor: str
    what: Any
    details: Sequence[Detail] = ()
    can_undo: bool = False
    sign: str = "pencil"
    # Of what thing, where a history is of many.
    of: str = ""

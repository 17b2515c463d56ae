"""Reads settings.REACTIONS, the one table that says what follows from which fact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from gulou.kit.facts import Fact


@dataclass(frozen=True)
class Envelope:
    """A fact with what is known about it. `key` is the same each time it is delivered."""

    event_id: int
    subject_kind: str
    subject_uid: UUID
    actor: str
    at: datetime
    fact: Any
    key: str


Call = Callable[[Envelope], None]
Condition = Callable[[Any, Any], bool]
"""Of a fact and its subject: whether there is anything to do about them as things stand."""

SLOW = "slow"


def _always(_fact: Any, _subject: Any) -> bool:
    return True


@dataclass(frozen=True)
class Effect:
    """A change in our own database: runs in one transaction with the mark that it is done.

    `when` spares the rows of what nobody uses: it is asked as the fact is recorded, so it must be
    free, and what is put to use later tells nothing of before.
    """

    call: Call
    when: Condition = _always


@dataclass(frozen=True)
class Message:
    """Something that leaves the house: at least once, with the envelope's key against doubles.

    What depends on somebody outside has a line of its own, and holds up no other: `line` names it.
    "" is the line of everything quick; what may take minutes waits in that of all that is SLOW.
    `when` as above.
    """

    call: Call
    line: str = ""
    when: Condition = _always


Reaction = Effect | Message
Table = Mapping[type[Fact], Sequence[Reaction]]


def label(reaction: Reaction) -> str:
    """The name of a reaction in the database."""
    return f"{reaction.call.__module__}.{reaction.call.__qualname__}"


@cache
def table() -> Table:
    """The table that the settings name."""
    found: Table = import_string(settings.REACTIONS)
    return found


@cache
def facts_by_name() -> dict[str, type[Fact]]:
    """Every known fact by its name in the record."""
    return {fact.name: fact for fact in table()}


@cache
def reactions_by_label() -> dict[str, Reaction]:
    """Every known reaction by its name in the database."""
    return {label(reaction): reaction for row in table().values() for reaction in row}


@cache
def lines() -> tuple[str, ...]:
    """The name of every line but the one of everything quick."""
    found = {one.line for one in reactions_by_label().values() if isinstance(one, Message)}
    return tuple(sorted(found - {""}))

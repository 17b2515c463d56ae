"""Reads settings.ERRANDS, the one table of the kinds of long work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from gulou.kit.errors import Invalid

if TYPE_CHECKING:
    from gulou.people.models import User


@dataclass(frozen=True)
class Outcome:
    """What came of it. Without a `download_name` what was written is thrown away."""

    download_name: str = ""
    mime: str = "application/octet-stream"
    rows: int = 0


@dataclass(frozen=True)
class Work:
    """What a kind of errand works with, in the language of who asked.

    It writes its result into `file` and calls `tell(done, total)` now and then: so the asker sees
    how far it is, and it stops when they cancelled. It may be begun again from the start, so
    whatever it changes beside its file has to be harmless twice.
    """

    by: "User"
    parameters: Mapping[str, Any]
    tell: Callable[[int, int], None]
    file: IO[bytes]
    # Opens the file that came with the errand. Raises FileNotFoundError if there was none.
    given: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Kind:
    """One kind of long work. The asker has to hold one of `verbs` somewhere, when they ask and
    when they fetch what came of it; and may not have lost any unit for any of them in between."""

    label: Any
    call: Callable[[Work], Outcome]
    verbs: tuple[str, ...]


Table = Mapping[str, Kind]


@cache
def table() -> Table:
    """The table that the settings name."""
    found: Table = import_string(settings.ERRANDS)
    return found


def kind_named(name: str) -> Kind:
    """The kind with this name. Raises Invalid."""
    if name not in table():
        raise Invalid("errand.unknown_kind", f"no such errand: {name}")
    return table()[name]

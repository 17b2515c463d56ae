"""What an office can configure, and who: the rail of the setup pages and their first page.

A new kind of thing adds its section here, and what takes its changes back to UNDO.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from gulou.catalogue import operations as catalogue
from gulou.catalogue.states import MANAGE
from gulou.people import access

if TYPE_CHECKING:
    from gulou.people.models import User


@dataclass(frozen=True)
class Section:
    """One kind of thing. `view` is the name of its list; whoever holds any of the verbs opens it."""

    view: str
    label: Any
    words: Any
    sign: str
    verbs: Sequence[str]


SECTIONS: Sequence[Section] = (
    Section("setup:rules", _("Rules"), _("Which unit leads for what, where"), "route", (MANAGE,)),
)

# Takes back the fact with this id, by this person; by the name of the room in the address.
UNDO: dict[str, Callable[..., Any]] = {"catalogue": catalogue.take_back}


def sections_for(reader: "User") -> list[Section]:
    """The sections this person may open."""
    reach = access.reach_of(reader)
    return [one for one in SECTIONS if any(reach.unit_ids_where(verb) for verb in one.verbs)]

"""What an office can configure, and who: the rail of the setup pages and their first page.

A new kind of thing adds its section here, and what takes its changes back to UNDO.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from gulou.calendars import operations as calendars
from gulou.calendars.states import MANAGE as CALENDARS
from gulou.cases.states import RECOMPUTE
from gulou.catalogue import operations as catalogue
from gulou.catalogue.states import MANAGE as CATALOGUE
from gulou.insights import operations as insights
from gulou.notices import operations as notices
from gulou.openings.states import APPROVE as APPROVE_OPENING
from gulou.openings.states import ASK as ASK_OPENING
from gulou.people import access, operations
from gulou.people.verbs import DEFINE, MANAGE, PLACES
from gulou.providers import operations as providers
from gulou.workbench import operations as workbench

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


# fmt: off
SECTIONS: Sequence[Section] = (
    Section("setup:units", _("Units"), _("Streets, departments, communities: what belongs to what."), "building", (MANAGE,)),
    Section("setup:people", _("People"), _("Who signs in: enrolling, passwords, closing access."), "users", (MANAGE,)),
    Section("setup:postings", _("Postings"), _("Who holds which role at which unit on a day."), "id", (MANAGE,)),
    Section("setup:leaders", _("Leading groups"), _("Head, deputy in charge and liaison of each unit."), "user-check", (MANAGE,)),
    Section("setup:streets", _("Leaders and streets"), _("Which leader of the district looks after which street."), "map-pin", (MANAGE,)),
    Section("setup:roles", _("Roles"), _("What each role may do, as a matrix and in sentences."), "shield-check", (DEFINE,)),
    Section("setup:areas", _("Areas"), _("The district and what it is divided into."), "map-2", (PLACES,)),
    Section("setup:levels", _("Levels of areas"), _("District, street, community, grid cell, and levels of your own."), "layers-subtract", (PLACES,)),
    Section("setup:places", _("Named places"), _("Parks, crossings, lanes: by which names people find a place."), "map-pins", (PLACES,)),
    Section("setup:categories", _("Categories"), _("The tree of problems: names, conditions, what residents are offered."), "list-details", (CATALOGUE,)),
    Section("setup:limits", _("Limits"), _("How long each step and each kind of problem may take."), "clock", (CATALOGUE,)),
    Section("setup:checkings", _("Rechecks and look-backs"), _("By pictures or on the spot, and how many closed cases are looked at again."), "eye-check", (CATALOGUE,)),
    Section("setup:calendars", _("Calendars"), _("Working times, public holidays, and which unit keeps which."), "calendar", (CALENDARS,)),
    Section("setup:recompute", _("Open deadlines"), _("Let the clocks that run follow changed calendars."), "refresh", (RECOMPUTE,)),
    Section("setup:reasons", _("Reasons"), _("What one chooses from where a move needs a reason."), "list-check", (CATALOGUE,)),
    Section("setup:templates", _("Answer templates"), _("Texts that everybody may begin an answer with."), "message-2", (CATALOGUE,)),
    Section("setup:channels", _("Channels"), _("By which ways reports come and answers go, open or closed."), "phone", (CATALOGUE,)),
    Section("setup:robots", _("Group robots"), _("Which WeCom groups are told of which cases."), "brand-wechat", (CATALOGUE,)),
    Section("setup:providers", _("Providers"), _("SMS and WeChat: through whom residents and staff are told."), "device-mobile", (CATALOGUE,)),
    Section("setup:telling", _("Telling staff"), _("By which channels and when people are told; quiet hours, duties."), "bell", (CATALOGUE,)),
    Section("setup:rules", _("Rules"), _("Which unit leads for what, where"), "route", (CATALOGUE,)),
    Section("setup:findings", _("Blind spots"), _("From what on units, kinds and places stand out."), "target", (CATALOGUE,)),
    Section("setup:office", _("Office"), _("What the public reads of the office on every page: name, address, complaints, registration."), "building-bank", (CATALOGUE,)),
    Section("setup:covers", _("Faces and plates"), _("Whether they are covered before the public sees a picture."), "face-id", (CATALOGUE,)),
    Section("setup:sheets", _("Import and export"), _("Registers as workbooks: out, and in again with a dry run."), "table", (MANAGE, CATALOGUE, CALENDARS, PLACES)),
    Section("setup:openings", _("Public side"), _("Which pages everybody may open, and who let it"), "world", (ASK_OPENING, APPROVE_OPENING)),
)
# fmt: on

# Takes back the fact with this id, by this person; by the name of the room in the address.
UNDO: dict[str, Callable[..., Any]] = {
    "catalogue": catalogue.take_back,
    "calendars": calendars.take_back,
    "notices": notices.take_back,
    "telling": notices.take_back_telling,
    "insights": insights.take_back_limits,
    "people": operations.undo_change,
    "providers": providers.take_back,
    "places": catalogue.take_back_area,
    "workbench": workbench.take_back_template,
}


def sections_for(reader: "User") -> list[Section]:
    """The sections this person may open."""
    reach = access.reach_of(reader)
    return [one for one in SECTIONS if any(reach.unit_ids_where(verb) for verb in one.verbs)]

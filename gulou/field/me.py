"""Who is signed in on a phone, and what its app has to know before anything else."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from gulou.cases import states
from gulou.catalogue import queries as catalogue
from gulou.catalogue.imprint import imprint
from gulou.catalogue.states import ChannelCode
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.adapter import KIND
from gulou.people.operations import PHONE
from gulou.photos import operations as photos
from gulou.providers import page_tools

from .entering import why_signed_out
from .who import reader_of

if TYPE_CHECKING:
    from gulou.people.models import User

PHOTO_EDGE = 2560
"""Pixels of the longer edge that a phone scales to: enough for a plate across a street."""
VOICE_SECONDS = 0
"""Voice notes are not taken yet."""


def me(request: HttpRequest) -> dict[str, Any]:
    """The answer. It hands out the CSRF token that everything else is sent with."""
    reader, office = reader_of(request), imprint()
    way = catalogue.channel(ChannelCode.FIELD)
    return {
        **(_signed_in(request, reader) if reader else _NOBODY),
        "signed_out": why_signed_out(request),
        "may": {"snap": way.is_open, **_may(reader)},
        "closed": "" if way.is_open else way.closed,
        "language": get_language() or "", "csrf": get_token(request),
        "server_time": clock.now(), "site": office.name,
        "demo": import_string(settings.DEMO_MARK)(),
        "registration": [one for one in (office.icp_number, office.police_number) if one],
        "complain": {"number": office.complaint_number, "words": office.complaint},
        "gcj02_key": page_tools.appid() or None, "max_photos": photos.MOST_PHOTOS, "photo_edge": PHOTO_EDGE,
        "photo_bytes": photos.MOST_BYTES, "voice_seconds": VOICE_SECONDS,
        "keep_days": settings.GULOU.field_days,
    }  # fmt: skip


_NOBODY = {
    "signed_in": False, "session": "", "uid": None, "name": "", "unit": "", "verbs": [],
}  # fmt: skip


def _signed_in(request: HttpRequest, reader: "User") -> dict[str, Any]:
    phone = request.session.get(KIND) == PHONE
    reach = access.reach_of(reader)
    unit = people.units_of([reader]).get(reader.pk)
    return {
        "signed_in": True, "session": "field" if phone else "desk", "uid": reader.uid, "name": str(reader),
        "unit": name_of(unit) if unit else "", "verbs": sorted(reach.unit_ids_by_verb),
    }  # fmt: skip


def _may(reader: "User | None") -> dict[str, bool]:
    reach = access.reach_of(reader) if reader else None
    moves = {
        "verify": states.VERIFY.verb, "handle": states.HANDLE.verb, "recheck": states.CLOSE.verb,
        "look_back": states.LOOK_BACK,
    }  # fmt: skip
    return {
        name: reach is not None and bool(reach.unit_ids_where(verb)) for name, verb in moves.items()
    }

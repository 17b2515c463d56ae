"""The API of the field app. Its description is the contract: the client's types are made of it."""

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from ninja import NinjaAPI, Router, Schema
from ninja.decorators import decorate_view
from pydantic import Field

from gulou.cases import queries
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.errors import Invalid, NotFound, TooMany
from gulou.kit.words import clean
from gulou.places.rounds import shortest_round
from gulou.providers import page_tools
from gulou.ui import limits
from gulou.ui.answers import as_json, problem, refuse_alike

from . import cursor, shapes
from .entering import CACHE, forget, leave, remember
from .me import me as who_am_i
from .pull import pulled
from .push import pushed
from .reports import as_mine
from .who import EndedAfar, anybody, reader_of, signed_out, staff_of

MOST_LINKS = queries.MOST_SENT
api = NinjaAPI(
    title="Gulou field app", version="1", urls_namespace="field-api", docs_url=None, auth=anybody,
    description="What the field app pulls and pushes. Times carry their offset, places are WGS84 "
    "degrees. Refusals are problems (RFC 9457) in the language of Accept-Language. What changes "
    "something is sent with X-CSRFToken, the `csrf` of `me`.",
)  # fmt: skip
refuse_alike(api)


@api.exception_handler(EndedAfar)
def ended(request: HttpRequest, error: EndedAfar) -> HttpResponse:
    """The browser forgets what it keeps beside the app."""
    answer = problem(error.status, error.code, error.message)
    answer["Clear-Site-Data"] = CACHE
    return answer


router = Router()


class Links(Schema):
    """The last part of each private link that a phone kept."""

    tokens: Annotated[
        list[Annotated[str, Field(max_length=43)]], Field(min_length=1, max_length=MOST_LINKS)
    ]


@router.get("/me", url_name="me", response=shapes.Me, summary="Who is signed in, and the basics")
def me(request: HttpRequest) -> HttpResponse:
    """Needs no session."""
    answer = as_json(who_am_i(request))
    if reader_of(request):
        remember(request, answer)
    return answer


@router.get("/pull", url_name="pull", response=shapes.Pulled, summary="What changed since a cursor")
@decorate_view(gzip_page)
def pull(
    request: HttpRequest,
    cursor: Annotated[str, Field(max_length=cursor.MOST)] = "",
    reader: UUID | None = None,
) -> HttpResponse:
    """Without a cursor, or with one of somebody else or another language: everything, and `whole`.
    Without a session: the catalogue and the areas. `reader` is the uid of `me` for whom the phone
    keeps its tasks: signed out or as another it is refused with 401, and the code says why
    (field.ended: remove what is kept; field.expired: keep it)."""
    who = staff_of(request, uid=reader) if reader else reader_of(request)
    return as_json(pulled(request, who, cursor))


@router.post(
    "/mine",
    url_name="mine",
    response=list[shapes.Mine],
    summary="How reports stand, by their links",
)
def mine(request: HttpRequest, links: Links) -> HttpResponse:
    """For residents: what their phone has sent. A link that leads nowhere is left out."""
    limits.spend(request, limits.VISITS)
    found: list[Any] = queries.reports_with_tokens(links.tokens)
    return as_json([as_mine(request, one) for one in found])


@router.post("/push", url_name="push", response=shapes.Answers, summary="What was done on a phone")
def push(request: HttpRequest, sent: shapes.Pushing) -> HttpResponse:
    """Each operation is done once however often it comes, and by itself: one that is refused does
    not stop the others."""
    reader = reader_of(request)
    of_staff = any(one.kind != "report" for one in sent.operations)
    if (reader.uid if reader else None) != sent.reader or (of_staff and reader is None):
        raise signed_out(request)
    answers = [pushed(request, reader, one) for one in sent.operations]
    return as_json({"server_time": clock.now(), "answers": answers})


@router.post("/sign_out", url_name="sign_out", response=shapes.Me, summary="Sign this phone out")
def sign_out(request: HttpRequest) -> HttpResponse:
    """`me` as it is then. The phone removes what it keeps by itself."""
    leave(request)
    answer = as_json(who_am_i(request))
    forget(answer)
    return answer


@router.post(
    "/suggest", url_name="suggest", response=shapes.Suggested, summary="Categories for some words"
)
def suggest(request: HttpRequest, asked: shapes.Asked) -> HttpResponse:
    """The same suggestion as on the web page."""
    limits.spend(request, limits.LOOKUPS)
    words = clean(asked.words)
    found = (
        catalogue.suggest_categories(words, public_only=reader_of(request) is None) if words else []
    )
    return as_json({"categories": [one.id for one in found]})


@router.get(
    "/wechat",
    url_name="wechat",
    response=shapes.Signed,
    summary="What WeChat wants to see of a page",
)
def wechat(request: HttpRequest, url: Annotated[str, Field(max_length=500)]) -> HttpResponse:
    """Of an address of the field app alone, as the page has it, without what follows #."""
    limits.spend(request, limits.LOOKUPS)
    parts = urlsplit(url)
    ours = parts.netloc == request.get_host() and parts.path.startswith(settings.FIELD_PATH)
    if not ours or parts.fragment:
        raise Invalid("field.address", _("This is no address of the field app."), field="url")
    found = page_tools.signed(url)
    if found is None:
        raise NotFound("field.no_wechat", _("WeChat cannot be asked for the place now."))
    return as_json(asdict(found))


@router.post(
    "/route", url_name="route", response=shapes.Round, summary="The shortest way past some places"
)
def route(request: HttpRequest, going: shapes.Going) -> HttpResponse:
    """For staff, over straight distances. Takes about a second where there are more than two."""
    staff_of(request)
    limits.spend(request, limits.LOOKUPS)
    places = [(stop.lat, stop.lon) for stop in going.stops]
    try:
        order, metres = shortest_round((going.lat, going.lon), places)
    except OSError as error:
        words = _("The way cannot be worked out now. Try again later.")
        raise TooMany("field.no_way", words) from error
    return as_json({"order": [going.stops[one].id for one in order], "metres": round(metres)})


api.add_router("", router)

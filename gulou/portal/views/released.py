"""What everybody may read: the list of released cases, its feed and map, and a page for each."""

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gulou.cases import queries as cases
from gulou.openings.queries import Part, any_open
from gulou.portal import limits
from gulou.portal.district import district_name
from gulou.portal.limits import limited
from gulou.portal.narrowing import Narrowing, narrowing_in
from gulou.portal.opened import CASES, opened, page
from gulou.portal.story import lines, sentence
from gulou.ui import times
from gulou.ui.guards import public
from gulou.ui.looks import look_of

if TYPE_CHECKING:
    from gulou.cases.queries import Released

FEED = 50


@public
@require_safe
@opened(Part.LIST)
def cases_list(request: HttpRequest) -> HttpResponse:
    """Released cases, newest first, narrowed by what the address says."""
    asked = narrowing_in(request.GET)
    found = cases.released_page(asked.filters, key=request.GET.get("page", "")[:60])
    here = reverse("portal:cases")
    context = {
        "district": district_name(),
        "asked": asked,
        "choices": asked.choices,
        "cards": [card(one) for one in found.cases],
        "newer_url": here + asked.query(page=found.newer) if found.newer else "",
        "older_url": here + asked.query(page=found.older) if found.older else "",
        "feed_url": reverse("portal:feed") + asked.query(),
        "map_url": reverse("portal:map") + asked.query(),
        "canonical": request.build_absolute_uri(here + asked.query()),
    }
    return page(request, "portal/cases.html", context, parts=(Part.LIST,))


@public
@require_safe
@opened(Part.LIST)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest of the list as Atom, narrowed in the same way."""
    asked = narrowing_in(request.GET)
    found = cases.released_page(asked.filters, size=FEED)
    absolute = request.build_absolute_uri
    made = Atom1Feed(
        title=_("%(district)s: what was reported and put right") % {"district": district_name()},
        link=absolute(reverse("portal:cases") + asked.query()),
        feed_url=absolute(reverse("portal:feed") + asked.query()),
        description="", language=get_language() or "zh-hans",
    )  # fmt: skip
    for one in found.cases:
        link = absolute(reverse("portal:case", args=[one.number]))
        pictures = (*one.after[-1:], *one.before[:1])
        made.add_item(
            title=one.summary, link=link, unique_id=link, pubdate=one.released_at,
            updateddate=one.changed_at, categories=(one.category, one.street),
            description=f"{sentence(one)} {one.street} {one.place}".strip(),
            enclosures=[Enclosure(absolute(_photo(uid, "page")), "0", "image/jpeg") for uid in pictures],
        )  # fmt: skip
    if not found.cases:
        stamp = cases.released_stamp()[1]
        if stamp is not None:
            made.feed["updated"] = stamp
    return HttpResponse(
        made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


@public
@require_safe
@opened(Part.MAP)
def case_map(request: HttpRequest) -> HttpResponse:
    """Where the released cases are; without a script, the way to the list."""
    asked = narrowing_in(request.GET)
    context = {
        "district": district_name(),
        "asked": asked,
        "choices": asked.choices,
        "points_url": reverse("portal:points") + asked.query(),
        "list_url": reverse("portal:cases") + asked.query(),
        "canonical": request.build_absolute_uri(reverse("portal:map") + asked.query()),
    }
    return page(request, "portal/map.html", context, parts=(Part.MAP,))


@public
@require_safe
@limited(limits.DOWNLOADS)
@opened(Part.MAP)
def points(request: HttpRequest) -> HttpResponse:
    """The newest released cases as GeoJSON points, one for each square that has any."""
    asked = narrowing_in(request.GET)
    spots = cases.released_spots(asked.filters)
    body = {"type": "FeatureCollection", "features": [_feature(spot, asked) for spot in spots]}
    return JsonResponse(body, content_type="application/geo+json")


@public
@require_safe
@opened(*CASES)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One released case: before and after, its steps, how long it took, whose it was."""
    story = cases.released_story(number)
    one = story.case
    if one.number != number:
        return redirect("portal:case", number=one.number)
    absolute = request.build_absolute_uri
    canonical = absolute(reverse("portal:case", args=[one.number]))
    pictures = [*one.after[-1:], *one.before[:1]]
    context = {
        "district": district_name(),
        "case": one,
        "card": card(one),
        "sentence": sentence(one),
        "took": times.span(one.ended_at - one.opened_at) if one.ended_at else "",
        "lines": lines(story.told),
        "others": [
            {"url": _photo(uid, "page"), "full": _photo(uid, "full"), "mark": mark, "alt": mark}
            for mark, uids in (
                (_("Before"), one.before[1:] if one.after else one.before),
                (_("After"), one.after[:-1] if one.before else one.after),
            )
            for uid in uids
        ],
        "canonical": canonical,
        "image": absolute(_photo(pictures[0], "page")) if pictures else "",
        "linked": linked_data(_case_in_schema(one, canonical, [absolute(_photo(uid, "page")) for uid in pictures])),
    }  # fmt: skip
    return page(request, "portal/case.html", context, parts=CASES)


def card(one: "Released") -> dict[str, Any]:
    """What a list shows of a case."""
    pair = bool(one.before and one.after)
    shown = one.after[-1:] or one.before[:1]
    return {
        "case": one,
        "url": reverse("portal:case", args=[one.number]),
        "before": _picture(one.before[0], _("Before")) if pair else None,
        "after": _picture(one.after[-1], _("After")) if pair else None,
        "single": _picture(shown[0], "") if shown and not pair else None,
        "took": times.span(one.ended_at - one.opened_at) if one.ended_at else "",
        "look": look_of(one.state),
    }


def newest_pairs(most: int) -> list[dict[str, Any]]:
    """The newest closed cases that show before and after."""
    found = cases.released_page(cases.ReleasedFilters(done=True), size=most * 3)
    return [card(one) for one in found.cases if one.before and one.after][:most]


def linked_data(thing: dict[str, Any]) -> SafeString:
    """JSON for search engines, safe inside a script element: data, which no browser runs."""
    text = json.dumps({"@context": "https://schema.org", **thing}, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(text)  # noqa: S308 escaped above


def _case_in_schema(one: "Released", url: str, images: list[str]) -> dict[str, Any]:
    return {
        "@type": "Report",
        "headline": one.summary,
        "url": url,
        "identifier": one.number,
        "datePublished": one.released_at.isoformat(),
        "dateModified": one.changed_at.isoformat(),
        "about": one.category,
        "image": images,
        "publisher": {"@type": "GovernmentOrganization", "name": one.unit or district_name()},
        "contentLocation": {
            "@type": "Place",
            "name": f"{one.street} {one.community}".strip(),
            "geo": {"@type": "GeoCoordinates", "latitude": one.lat, "longitude": one.lon},
        },
    }


def _feature(spot: cases.Spot, asked: Narrowing) -> dict[str, Any]:
    number, summary, state = spot.cases[0]
    many = len(spot.cases)
    url = reverse("portal:case", args=[number])
    if many > 1:
        summary = ngettext("%(n)d case", "%(n)d cases", many) % {"n": many}
        if any_open(Part.LIST):
            url = reverse("portal:cases") + asked.query(at=f"{spot.lat},{spot.lon}")
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [spot.lon, spot.lat]},
        "properties": {"title": summary, "url": url, "tone": look_of(state).tone, "n": many},
    }


def _picture(uid: UUID, alt: str) -> dict[str, str]:
    return {
        "url": _photo(uid, "page"),
        "list": _photo(uid, "list"),
        "full": _photo(uid, "full"),
        "alt": alt,
    }


def _photo(uid: UUID, size: str) -> str:
    return reverse("portal:photo", args=[uid, size])

"""Open data: all released cases in one file, with what each field means."""

import csv
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from gulou.cases import queries as cases
from gulou.kit.words import defused
from gulou.openings.queries import Part
from gulou.portal import limits
from gulou.portal.district import district_name
from gulou.portal.limits import limited
from gulou.portal.opened import opened, page
from gulou.ui.guards import public

from .released import linked_data

if TYPE_CHECKING:
    from gulou.cases.queries import Released

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
# The fields of a row, in order, each with what it means.
FIELDS = (
    ("number", _("Number of the case; stays the same")),
    ("url", _("Its page, while the list or the map is open")),
    ("summary", _("What it is about, in the office's words")),
    ("state", _("filed, dispatched, handling, handled or closed")),
    ("category_code", _("Code of the kind of problem")),
    ("category", _("Kind of problem")),
    ("street_code", _("Code of the street or town")),
    ("street", _("Street or town")),
    ("community", _("Community")),
    ("unit", _("Unit responsible; empty while the office holds it")),
    ("reported_at", _("When it was first reported, ISO 8601 with time zone")),
    ("closed_at", _("When the recheck found it done; empty before")),
    ("hours_to_close", _("From the first report to the close, in hours")),
    ("released_at", _("When the office made it public")),
    ("changed_at", _("When anything of it changed last")),
    ("lat", _("Latitude of the middle of its square of about 100 m, WGS84")),
    ("lon", _("Longitude of the same")),
    ("before", _("Addresses of pictures before, parted by spaces")),
    ("after", _("Addresses of pictures after")),
)


@public
@require_safe
@opened(Part.DATA)
def data(request: HttpRequest) -> HttpResponse:
    """What there is to download, what each field means, and under which licence."""
    count, last = cases.released_stamp()
    absolute = request.build_absolute_uri
    files = [
        ("CSV", absolute(reverse("portal:data_csv")), "text/csv"),
        ("JSON Lines", absolute(reverse("portal:data_jsonl")), "application/x-ndjson"),
    ]
    name = _("Released cases of %(district)s") % {"district": district_name()}
    schema = {
        "@type": "Dataset", "name": str(name), "license": LICENCE,
        "description": str(_("Problems of the street that were reported, and how they were put right, in the office's words.")),
        "url": absolute(reverse("portal:data")),
        "dateModified": last.isoformat() if last else None,
        "creator": {"@type": "GovernmentOrganization", "name": district_name()},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": url, "encodingFormat": mime}
            for _kind, url, mime in files
        ],
    }  # fmt: skip
    context = {
        "district": district_name(), "fields": FIELDS, "count": count, "last": last,
        "licence": LICENCE, "linked": linked_data(schema), "canonical": schema["url"],
    }  # fmt: skip
    return page(request, "portal/data.html", context, parts=(Part.DATA,))


@public
@require_safe
@limited(limits.DOWNLOADS)
@opened(Part.DATA)
def data_csv(request: HttpRequest) -> HttpResponseBase:
    """Every released case as a row; UTF-8 with a byte order mark, for Excel and WPS."""

    def rows() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow([name for name, _words in FIELDS])
        for row in _rows(request):
            yield writer.writerow([_plain(value) for value in row.values()])

    return _download(request, rows(), "text/csv; charset=utf-8", "csv")


@public
@require_safe
@limited(limits.DOWNLOADS)
@opened(Part.DATA)
def data_jsonl(request: HttpRequest) -> HttpResponseBase:
    """Every released case as a line of JSON."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(request))
    return _download(request, lines, "application/x-ndjson; charset=utf-8", "jsonl")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _download(
    request: HttpRequest, lines: Iterator[str], mime: str, ending: str
) -> HttpResponseBase:
    """The lines as they are read, unless the asker has them all already."""
    count, last = cases.released_stamp()
    etag = f'W/"{ending}-{_language(request)}-{count}-{last.timestamp() if last else 0:.6f}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    response = StreamingHttpResponse(lines, content_type=mime)
    response["ETag"] = etag
    response["Content-Disposition"] = f'attachment; filename="cases.{ending}"'
    return response


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else "zh-hans"


def _rows(request: HttpRequest) -> Iterator[dict[str, Any]]:
    with override(_language(request)):
        for one in cases.all_released():
            yield _row(request, one)


def _row(request: HttpRequest, one: "Released") -> dict[str, Any]:
    def address(name: str, *given: Any) -> str:
        return request.build_absolute_uri(reverse(name, args=given))

    took = (one.ended_at - one.opened_at).total_seconds() / 3600 if one.ended_at else None
    values = (
        one.number, address("portal:case", one.number), one.summary, one.state.value,
        one.category_code, one.category, one.street_code, one.street, one.community, one.unit,
        one.opened_at.isoformat(), one.ended_at.isoformat() if one.ended_at else None,
        round(took, 2) if took is not None else None, one.released_at.isoformat(),
        one.changed_at.isoformat(), one.lat, one.lon,
        [address("portal:photo", uid, "page") for uid in one.before],
        [address("portal:photo", uid, "page") for uid in one.after],
    )  # fmt: skip
    return dict(zip((name for name, _words in FIELDS), values, strict=True))


def _plain(value: Any) -> Any:
    """A cell as text that no spreadsheet takes for a formula."""
    if isinstance(value, list):
        return " ".join(value)
    return defused(value) if isinstance(value, str) else value

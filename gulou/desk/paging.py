"""Which page of a list was asked for, and the addresses of those before and after it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gulou.kit.paging import SIZE, Page

_DIGITS = 4


def asked(request: HttpRequest) -> int:
    """The number of the page, from 0."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def links(request: HttpRequest, found: Page[Any], *, size: int = SIZE) -> dict[str, str]:
    """For `{% ui "pages" %}`: the other pages under the same address, and what this one shows."""
    at = found.number
    said = {"first": at * size + 1, "last": at * size + len(found)}
    return {
        "newer_url": _to(request, at - 1) if at else "",
        "older_url": _to(request, at + 1) if found.more else "",
        "shown_rows": _("%(first)s to %(last)s") % said if found else "",
    }


def _to(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"?{query.urlencode()}"

"""Pages that the office opens part by part: whether they are, and what caches may keep of them."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.openings.queries import Part, any_open, is_open, may_look

View = Callable[..., HttpResponseBase]
CASES = (Part.LIST, Part.MAP)
"""A case and its pictures are public where either is open."""
_PAGES = {
    Part.LIST: ("cases", _("Cases"), "list-details"),
    Part.MAP: ("map", _("Map"), "map"),
    Part.STATISTICS: ("statistics", _("Statistics"), "chart-bar"),
    Part.DATA: ("data", _("Open data"), "download"),
}


def opened(*parts: Part, seconds: int = 0) -> Callable[[View], View]:
    """Only while one of these parts is open, and for who may ask or approve before it is.

    Any cache may keep the answer, but asks again each time: what the office closes is gone at once.
    It is not sent again where it has not changed. `seconds`: for so long nobody need ask.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any_open(*parts) and not _may_look(request):
                raise NotFound(
                    "opening.closed",
                    _("The district office has not opened this page to the public."),
                )
            response = view(request, *args, **kwargs)
            if not any_open(*parts) or request.user.is_authenticated:
                response.headers["Cache-Control"] = "private, no-store"
                return response
            return _kept(request, response, seconds)

        return guarded

    return guard


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, parts: tuple[Part, ...]
) -> HttpResponse:
    """A page that is the same for everybody: it holds no token of a form."""
    shared = {"csrf_token": "", "preview": not any_open(*parts), "opened": open_to(request)}
    return render(request, template, {**shared, **context})


def open_to(request: HttpRequest) -> dict[str, bool]:
    """Which parts there are for this reader: what is open, and all for who may look before."""
    may = _may_look(request)
    return {part.value: is_open(part) or may for part in Part}


@dataclass(frozen=True)
class PartLink:
    """An open part in the bar of every public page."""

    url: str
    words: str
    sign: str


def links() -> list[PartLink]:
    """The parts that are open to everybody, for the frame of every public page."""
    return [
        PartLink(reverse(f"portal:{name}"), str(words), sign)
        for part, (name, words, sign) in _PAGES.items()
        if is_open(part)
    ]


def _may_look(request: HttpRequest) -> bool:
    return request.user.is_authenticated and may_look(request.user)


def _kept(request: HttpRequest, response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    """Answer 304 where the asker has it already. The nonce of a page is no change of it."""
    if seconds:
        patch_cache_control(response, public=True, max_age=seconds)
    else:
        patch_cache_control(response, public=True, no_cache=True)
    if not isinstance(response, HttpResponse) or response.status_code != 200:
        return response
    if "ETag" not in response.headers:
        nonce = str(getattr(request, "_csp_nonce", "") or "").encode()
        body = response.content.replace(nonce, b"") if nonce else response.content
        response.headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    if isinstance(answer, HttpResponse) and answer.status_code == 304:
        # A policy with another nonce would be put on the page that the asker has kept.
        answer._csp_exempt = True  # type: ignore[attr-defined]
        return answer
    return response

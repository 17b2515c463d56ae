"""Pages that the office opens part by part: whether they are, and what caches may keep of them."""

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.openings.queries import Part, any_open, is_open, may_look

View = Callable[..., HttpResponseBase]
CASES = (Part.LIST, Part.MAP)
"""A case and its pictures are public where either is open."""


def opened(*parts: Part, seconds: int = 60) -> Callable[[View], View]:
    """Only while one of these parts is open, and for who may ask or approve before it is.

    For everybody the answer may be kept by any cache for so many seconds, and is not sent again
    where it has not changed.
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


def _may_look(request: HttpRequest) -> bool:
    return request.user.is_authenticated and may_look(request.user)


def _kept(request: HttpRequest, response: HttpResponseBase, seconds: int) -> HttpResponseBase:
    """Answer 304 where the asker has it already. The nonce of a page is no change of it."""
    patch_cache_control(response, public=True, max_age=seconds)
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

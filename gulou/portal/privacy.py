"""What is told of a page to caches and search engines."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """For one person: kept by no cache and no search engine.

    The referrer stays within the house (`same-origin`): with `no-referrer` browsers would send
    the page's own forms with the origin `null`, and those are refused as foreign.
    """

    @wraps(view)
    def kept_private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    return kept_private

"""What a page may load, and from where: the content security policy."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import HEADER, NONCE, NONE, SELF
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_HERE = "{here}"
# By these a view asks for a policy of its own.
_OWN = frozenset({
    "_csp_config", "_csp_update", "_csp_replace", "_csp_config_ro", "_csp_update_ro",
    "_csp_replace_ro",
})  # fmt: skip


class Policy(CSPMiddleware):
    """Says the policy of the settings, which is put together once and not with each answer."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """As django-csp does it."""
        if not _OWN.isdisjoint(vars(response)):
            return super().process_response(request, response)
        nonce = getattr(request, "_csp_nonce", None)
        if HEADER not in response.headers and not getattr(response, "_csp_exempt", False):
            response.headers[HEADER] = self._said(nonce)
        if nonce is None:
            late = CheckableLazyObject(self._csp_nonce_post_response)
            request.csp_nonce = late  # type: ignore[attr-defined]
        return response

    _ready: tuple[Any, str, str] = (None, "", "")

    def _said(self, nonce: str | None) -> str:
        rules = settings.CONTENT_SECURITY_POLICY
        if self._ready[0] is not rules:
            self._ready = (rules, build_policy(), build_policy(nonce=_HERE))
        return self._ready[2].replace(_HERE, nonce) if nonce else self._ready[1]


def content_policy(base_map_style: str = "") -> dict[str, Any]:
    """Nothing but our own; and the server of the base map, where the office has chosen one.

    The style's tiles, sprites and glyphs have to come from the same server as the style.
    """
    parts = urlsplit(base_map_style)
    map_server = [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            # MapLibre sets widths and positions on its own elements.
            "style-src-attr": ["'unsafe-inline'"],
            "img-src": [SELF, "data:", "blob:", *map_server],
            # A voice note is heard before it is sent.
            "media-src": [SELF, "blob:"],
            "connect-src": [SELF, *map_server],
            "worker-src": [SELF, "blob:"],
            "font-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }

"""What a page may load, and from where: the content security policy."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF


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
            "connect-src": [SELF, *map_server],
            "worker-src": [SELF, "blob:"],
            "font-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
        }
    }

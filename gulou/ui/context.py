"""What every page knows."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.html import json_script
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gulou.ui.words import WORDS

THEMES = ("light", "dark")
# The faces that stand in the desk's frame.
STAFF = ("desk", "setup")


def page(request: HttpRequest) -> dict[str, Any]:
    """The names and marks that every page carries."""
    theme = request.COOKIES.get("theme", "")
    return {
        # By what is in the database, not by the setting: made-up data stay made up.
        "demo": import_string(settings.DEMO_MARK)(),
        "theme": theme if theme in THEMES else "",
        "script_words": _script_words(get_language() or ""),
        "base_map_style": settings.GULOU.base_map_style,
        # Not "site": the pages of sign-in have one of their own, which knows only the host.
        "imprint": SimpleLazyObject(import_string(settings.SITE_IMPRINT)),
        "public_parts": SimpleLazyObject(import_string(settings.PUBLIC_PARTS)),
        "shell": _shell(request),
    }


@cache
def _script_words(language: str) -> SafeString:
    return json_script({key: str(words) for key, words in WORDS.items()}, "words")


def _shell(request: HttpRequest) -> str:
    """The frame of a page that belongs to no face, such as a refusal: that of where one stands."""
    if getattr(request, "htmx", False):
        return "ui/fragment.html"
    match = request.resolver_match
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    if signed_in and match and match.app_name in STAFF:
        return "ui/desk.html"
    return "ui/public.html"

"""The ways of signing in, in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Any] = {
    "password": _("by password"),
    "passkey": _("by passkey"),
    "openid_connect": _("by the city's single sign-on"),
    "weixin": _("by WeChat"),
    "phone": _("on a phone, by a link from the desk"),
}


def method_in_words(method: str) -> str:
    """How a session was signed in."""
    return str(_WORDS.get(method, method))

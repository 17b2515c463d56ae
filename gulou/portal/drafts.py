"""The draft token: what ties photos that are already here to the form that is still open.

Only the person who fills in the form holds it: in the form, and in a cookie that lets them see
their own previews and find their photos again after the page was closed. It is never in an
address, so it is in no log.
"""

import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

COOKIE = "report_draft"
LIFE = timedelta(hours=48)
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")


def well_formed(token: str) -> bool:
    """Whether this may be one of ours. Which photos it opens is another question."""
    return _SHAPE.fullmatch(token) is not None


def held_by(request: HttpRequest) -> str:
    """The draft of whoever asks for a preview; "" for none."""
    token = request.COOKIES.get(COOKIE, "")
    return token if well_formed(token) else ""


def draft_of(request: HttpRequest) -> str:
    """The draft of the form that was sent, else of the browser, else a new one."""
    sent = request.POST.get("draft", "")
    return sent if well_formed(sent) else held_by(request) or secrets.token_urlsafe(32)


def hand_out(response: HttpResponseBase, draft: str) -> None:
    """Let the browser keep its draft for as long as the photos are kept."""
    response.set_cookie(
        COOKIE,
        draft,
        max_age=LIFE,
        path=reverse("portal:report"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )

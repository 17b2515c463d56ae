"""Signing in on a phone, by the link that a page at the desk showed, and signing out."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gulou.people import operations, queries
from gulou.people.adapter import KIND, sign_in_on_phone
from gulou.ui.guards import public


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Looking asks only whether to sign in: the preview of a chat must not spend the link."""
    if request.user.is_authenticated and request.session.get(KIND) != operations.PHONE:
        # The browser in which the link was made: it is signed in with more than a phone has.
        answer = render(request, "field/enter.html", {"here": True})
    elif request.method == "POST":
        sign_in_on_phone(request, operations.spend_phone_link(token))
        gone = redirect("field:app")
        remember(request, gone)
        return gone
    else:
        answer = render(request, "field/enter.html", {"who": queries.phone_link_owner(token)})
    answer["Cache-Control"] = "private, no-store"
    return answer


def leave(request: HttpRequest) -> None:
    """Sign a phone out. Nothing happens where nobody is signed in."""
    if request.user.is_authenticated:
        key = str(request.session.session_key)
        operations.note_sign_out(request.user, reason="asked", session_key=key)
        logout(request)


# Which session a phone had last. The session's own cookie goes with the first answer after its end,
# perhaps that of a page, when the app has not asked yet.
_LAST = "gulou_field"
CACHE = '"cache"'
"""What a browser keeps of its own accord, as Clear-Site-Data names it."""


def remember(request: HttpRequest, answer: HttpResponse) -> None:
    """Let the browser know later which session this was: a digest, which opens nothing."""
    answer.set_cookie(
        _LAST, queries.digest_of_secret(str(request.session.session_key)), path=settings.FIELD_PATH,
        max_age=operations.REMEMBERED, httponly=True, secure=settings.SESSION_COOKIE_SECURE,
        samesite=_same_site(),
    )  # fmt: skip


def forget(answer: HttpResponse) -> None:
    """After signing out on the phone itself."""
    answer.delete_cookie(_LAST, path=settings.FIELD_PATH, samesite=_same_site())
    answer["Clear-Site-Data"] = CACHE


def _same_site() -> Any:
    return settings.SESSION_COOKIE_SAMESITE


def why_signed_out(request: HttpRequest) -> str:
    """What became of the session that a phone had last: "ended" by its owner or the office,
    "expired", or "" where it had none."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    last = request.COOKIES.get(_LAST, "") or (queries.digest_of_secret(key) if key else "")
    if not last or request.user.is_authenticated:
        return ""
    return "ended" if queries.was_ended(last) else "expired"

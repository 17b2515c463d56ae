"""Signing in on a phone, by the link that a page at the desk showed, and signing out."""

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
        return redirect("field:app")
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


def why_signed_out(request: HttpRequest) -> str:
    """What became of the session that a phone still names: "ended" from elsewhere, "expired", or ""
    where it names none."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not key or request.user.is_authenticated:
        return ""
    return "ended" if queries.was_ended(key) else "expired"

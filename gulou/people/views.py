"""Where one is signed in: the list of one's own sessions, and ending them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gulou.ui.guards import signed_in

from . import operations, queries
from .adapter import SESSION_KEY
from .devices import device_in_words
from .methods import method_in_words
from .models import User

View = Callable[..., HttpResponseBase]


@signed_in
@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """The devices on which one is signed in; this one is marked."""
    found = [
        {
            "uid": one.uid, "device": device_in_words(one.agent), "address": one.address,
            "method": method_in_words(one.method), "since": one.since, "seen_at": one.seen_at,
            "here": one.session_key == _key(request),
        }
        for one in queries.sessions_of(_reader(request))
    ]  # fmt: skip
    answer = render(request, "people/sessions.html", {"sessions": found})
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Signing in on one's phone: a code to scan and a link, good once and for ten minutes."""
    link = ""
    if request.method == "POST":
        token = operations.make_phone_link(_reader(request))
        link = request.build_absolute_uri(f"{settings.FIELD_PATH}in/{token}")
    phones = [
        {"uid": one.uid, "device": device_in_words(one.agent), "since": one.since,
         "seen_at": one.seen_at}
        for one in queries.sessions_of(_reader(request)) if one.method == operations.PHONE
    ]  # fmt: skip
    context = {"link": link, "phones": phones, "days": settings.GULOU.field_days}
    answer = render(request, "people/phone.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


@signed_in
@require_POST
def end_session(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End one of them."""
    found = next((one for one in queries.sessions_of(_reader(request)) if one.uid == uid), None)
    if found:
        operations.end_session(found, by=_reader(request))
    messages.success(request, _("That session has ended."))
    return redirect("people_sessions")


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all but this one."""
    operations.end_other_sessions(_reader(request), but=_key(request))
    messages.success(request, _("All other sessions have ended."))
    return redirect("people_sessions")


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)


def _key(request: HttpRequest) -> str:
    """The key under which this session is in the list."""
    return str(request.session.get(SESSION_KEY) or request.session.session_key)


@signed_in
@require_POST
def unlink_wechat(request: HttpRequest) -> HttpResponse:
    """Let no WeChat account open this person's door."""
    operations.unlink_wechat(_reader(request))
    messages.success(request, _("WeChat is no longer linked."))
    return redirect("mfa_index")


def leaving(sign_in: View) -> View:
    """A sign-in that begins here and leads elsewhere, as a page that goes there.

    A browser holds every step of a form's redirects against the page's form-action; where a
    provider's sign-in lies, and whereto it leads on, only the provider knows.
    """

    @wraps(sign_in)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = sign_in(request, *args, **kwargs)
        address = answer.headers.get("Location", "")
        host = urlsplit(address).netloc
        if not host:
            return answer
        context = {"address": address, "host": host}
        page = render(request, "people/leaving.html", context)
        page["Cache-Control"] = "private, no-store"
        return page

    return view


@require_GET
def cancelled(request: HttpRequest) -> HttpResponse:
    """Who did not confirm elsewhere signs in here."""
    messages.info(request, _("Signing in was cancelled."))
    return redirect("account_login")

"""A session ends by itself, and some things come before all others."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from gulou.kit import clock
from gulou.ui.guards import rule_of

from . import access, operations, queries
from .adapter import KIND, SEEN_AT, SESSION_KEY, SIGNED_IN_AT, method_of
from .models import User

GetResponse = Callable[[HttpRequest], HttpResponse]
# How often a session that is in use is written, in seconds.
_TOUCH = 60
# Open while something else has to be done first.
_ALWAYS_OPEN = frozenset({
    "account_logout", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
})  # fmt: skip
_NEW_KEY = "account_change_password"
_SECOND_FACTOR = "mfa_activate_totp"
# Either sets the second step up.
_SECOND_FACTORS = frozenset({_SECOND_FACTOR, "mfa_add_webauthn"})


class OneRequest:
    """Lets a request ask once for what its reader may do, until it changes something."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with access.one_request(only_looks=request.method in {"GET", "HEAD"}):
            return self.get_response(request)


class SessionEnd:
    """Signs out who has been away too long, or signed in too long ago.

    A request that a page makes by itself says so with the header `X-Background`, and does not
    count as being there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        phone = request.session.get(KIND) == operations.PHONE
        if phone and not request.path_info.startswith(settings.FIELD_PATH):
            # A phone stays signed in for weeks, without a password or a second step: it opens the
            # field app, and is a stranger to all else.
            request.user = AnonymousUser()
        elif isinstance(request.user, User):
            self._end_or_touch(request, request.user)
        response = self.get_response(request)
        _note_new_key(request)
        return _whole_page(request, response)

    def _end_or_touch(self, request: HttpRequest, user: User) -> None:
        now = clock.now().timestamp()
        seen = request.session.get(SEEN_AT, 0)
        since = request.session.get(SIGNED_IN_AT, 0)
        if request.session.get(KIND) == operations.PHONE:
            reason = "limit" if now - since > settings.FIELD_SESSION_SECONDS else ""
        else:
            reason = _over(now, seen=seen, since=since)
        if reason:
            key = str(request.session.session_key)
            operations.note_sign_out(user, reason=reason, session_key=key)
            logout(request)
        elif now - seen > _TOUCH and "X-Background" not in request.headers:
            request.session[SEEN_AT] = now
            _note_seen(request)


class FirstThings:
    """A password that somebody else has set is changed, and a second step that the role asks for
    is set up, before any other page opens. Pages for everybody stay open."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.url_name if request.resolver_match else None
        if not isinstance(request.user, User) or name in _ALWAYS_OPEN:
            return None
        if rule_of(view) == "public":
            return None
        first = first_thing(request, request.user)
        if not first or name == first or (first == _SECOND_FACTOR and name in _SECOND_FACTORS):
            return None
        return _go(request, reverse(first))


def _note_seen(request: HttpRequest) -> None:
    key, before = str(request.session.session_key), request.session.get(SESSION_KEY, "")
    operations.note_seen(key, before=before)
    if before != key:
        request.session[SESSION_KEY] = key


def _note_new_key(request: HttpRequest) -> None:
    """A new password gives the session another key: it is known by that at once, or an end that is
    put to all sessions would miss this one."""
    noted = request.session.get(SESSION_KEY) if isinstance(request.user, User) else None
    if noted and noted != request.session.session_key:
        _note_seen(request)


def _over(now: float, *, seen: float, since: float) -> str:
    if now - since > settings.STAFF_SESSION_SECONDS:
        return "limit"
    if now - seen > settings.STAFF_IDLE_SECONDS:
        return "idle"
    return ""


def first_thing(request: HttpRequest, user: User) -> str:
    """The page that comes before all others for this session; "" for none."""
    # Who came by another way is not asked for a password that they may not even have.
    if method_of(request, user) == "password" and queries.password_is_due(user):
        return _NEW_KEY
    return _SECOND_FACTOR if access.lacks_second_factor(user) else ""


def _go(request: HttpRequest, address: str) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment that finds the session ended sends the whole page to sign in, and back."""
    if not response.has_header("Location") or not getattr(request, "htmx", False):
        return response
    sign_in = reverse("account_login")
    if not response["Location"].startswith(sign_in) or request.path == sign_in:
        return response
    here = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': here})}")

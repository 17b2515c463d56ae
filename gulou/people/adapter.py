"""How allauth signs people in here: names and passwords only, locked by person, on the record.

allauth decides; every hook below either narrows a rule or writes down what was decided. The lock
itself is allauth's rate limit "login_failed", kept in the cache that all processes share.
"""

import base64
import hashlib
import logging
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock

from . import operations, queries
from .devices import device_in_words
from .models import User

log = logging.getLogger(__name__)

# In the session: when it was signed in, and when it was last used; seconds since 1970.
SIGNED_IN_AT = "people.signed_in_at"
SEEN_AT = "people.seen_at"
# In the session: its own key when it was last noted, as a new password gives it another.
SESSION_KEY = "people.session_key"
# In the session: "phone" where a link from the desk signed it in. It opens the field app only.
KIND = "people.kind"
# So soon after signing in nobody is asked for the password again.
FRESH = timedelta(minutes=5)

_WRONG = _(
    "The name or the password is not right. After several wrong tries signing in is closed for "
    "15 minutes."
)
_LOCKED = _(
    "There were too many wrong tries, so signing in is closed for up to 15 minutes. Try again "
    "later, or ask your office for a new password."
)
_PROVIDERS = {"weixin": "weixin"}
_PUBLISHED = _(
    "This name and password are those of the demonstration, which everybody may know: here they "
    "open nothing. The office gives you your own."
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Names and passwords. Accounts are opened by the office, never by a visitor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _WRONG,
        "invalid_login": _WRONG,
        "too_many_login_attempts": _LOCKED,
        "rate_limited": _LOCKED,
        "published_login": _PUBLISHED,
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("The present password is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One lock for each person: allauth's own key holds the Host header with its port, so
        that a guesser could open a new lock by naming another port."""
        name = credentials.get("username", "")
        user = queries.person_named(name)
        return f"person:{user.pk}" if user else f"name:{name.casefold()}"

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user and _is_shut(user.get_username(), credentials.get("password", "")):
            raise self.validation_error("published_login")
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        address = self.get_client_ip(request)
        user = queries.person_named(credentials.get("username", ""))
        if user:
            operations.note_failed_sign_in(user, address=address, step="password")
        else:
            log.warning("Somebody at %s tried to sign in with an unknown name.", address)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        # Whoever signs in with all that it takes has left a phone's session behind.
        request.session.pop(KIND, None)
        request.session.set_expiry(None)
        now = clock.now().timestamp()
        request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = now
        request.session[SESSION_KEY] = request.session.session_key
        operations.note_sign_in(
            _ours(user),
            address=self.get_client_ip(request),
            second_factor=_second(request, user),
            method=method_of(request, user),
            session_key=str(request.session.session_key),
            agent=request.headers.get("User-Agent", ""),
        )

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **given: Any) -> Any:
        """Who has no posting any more does not come in, by whatever way."""
        if queries.has_left(_ours(user)):
            return HttpResponseRedirect(reverse("account_inactive"))
        return super().pre_login(request, user, **given)

    def logout(self, request: HttpRequest) -> None:
        key = str(request.session.session_key)
        operations.note_sign_out(_ours(request.user), reason="asked", session_key=key)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        signed_in = context.request.session.get(SIGNED_IN_AT, 0)
        if clock.now().timestamp() - signed_in < FRESH.total_seconds():
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        user.password = operations.change_password(_ours(user), password).password

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Every security notice passes here, after commit: a fact instead of a mail. It is the
        one hook that allauth has for them beside signals."""
        person = _ours(user)
        if template_prefix == "mfa/email/totp_activated":
            operations.note_second_factor(person, enabled=True)
        elif template_prefix == "mfa/email/totp_deactivated":
            operations.note_second_factor(person, enabled=False)
        elif template_prefix == "mfa/email/webauthn_added":
            operations.note_second_factor(person, enabled=True, kind="webauthn")
        elif template_prefix == "mfa/email/webauthn_removed":
            operations.note_second_factor(person, enabled=False, kind="webauthn")
        elif template_prefix == "socialaccount/email/account_connected":
            operations.note_link(person, linked=True)
        elif template_prefix == "socialaccount/email/account_disconnected":
            operations.note_link(person, linked=False)
        elif template_prefix == "mfa/email/recovery_codes_generated":
            operations.note_recovery_codes(person)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise RuntimeError("only gulou.notices sends mail")


def sign_in_on_phone(request: HttpRequest, user: User) -> None:
    """Begin a phone's session: long, listed with the others, and good for the field app alone."""
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[KIND] = operations.PHONE
    request.session.set_expiry(settings.FIELD_SESSION_SECONDS)
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = clock.now().timestamp()
    if not request.session.session_key:
        request.session.create()
    request.session[SESSION_KEY] = request.session.session_key
    operations.note_sign_in(
        user, address=AccountAdapter(request).get_client_ip(request), second_factor="",
        method=operations.PHONE, session_key=str(request.session.session_key),
        agent=request.headers.get("User-Agent", ""),
    )  # fmt: skip


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """One-time codes: secrets sealed at rest, and not taken away where a role asks for them."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or was used already. Wait for the next one."),
        "cannot_delete_authenticator": _("Your role asks for a second step, so it stays."),
    }

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": str(settings.PRODUCT_NAME)}

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        """What the browser says of itself names the key until its owner does."""
        return device_in_words(context.request.headers.get("User-Agent", ""))

    def get_totp_issuer(self) -> str:
        return str(settings.PRODUCT_NAME)

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not queries.needs_second_factor(_ours(authenticator.user))


def _is_shut(username: str, password: str) -> bool:
    """Whether this is a login of the demonstration where none may be offered."""
    return not settings.DEMO_LOGINS and queries.is_published(username, password)


def _ours(user: Any) -> User:
    if not isinstance(user, User):
        raise TypeError("nobody is signed in")
    return user


def _second(request: HttpRequest, user: AbstractBaseUser) -> str:
    records = get_authentication_records(request, user)
    return next((str(r["type"]) for r in reversed(records) if r["method"] == "mfa"), "")


def method_of(request: HttpRequest, user: AbstractBaseUser) -> str:
    """How this session was signed in: "password", "passkey", "openid_connect" or "weixin"."""
    for one in get_authentication_records(request, user):
        if one["method"] == "socialaccount":
            return _PROVIDERS.get(str(one.get("provider")), "openid_connect")
        if one.get("passwordless"):
            return "passkey"
    return "password"


def _seal() -> Fernet:
    key: str = settings.GULOU.key("data_key")
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"people.mfa\n{key}".encode()).digest()))

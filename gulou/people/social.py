"""Signing in through others: the city's single sign-on (OpenID Connect) and WeChat.

Neither opens an account. The single sign-on finds an enrolled person by a claim, each time anew;
a WeChat account opens what its owner linked it to while signed in.
"""

import logging
from collections.abc import Mapping
from typing import Any, NoReturn

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound

from . import operations, queries
from .models import User

log = logging.getLogger(__name__)

_UNKNOWN = _(
    "The city's single sign-on knows you, but nobody is enrolled here under that name. Ask your "
    "office to enrol you."
)
_NOT_LINKED = _(
    "This WeChat account is not linked to anybody here. Sign in with name and password first, then "
    "link it under “Second step of sign-in”."
)
_OTHERS = _("This WeChat account is linked to somebody else. It can be linked once only.")


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Decides whom a sign-in elsewhere opens the door for here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def get_app(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SocialApp:
        try:
            return super().get_app(request, *args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise NotFound("sign_in.off", _("This way of signing in is not set up.")) from error

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("mfa_index")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.account.provider == "weixin":
            self._by_wechat(request, sociallogin)
        else:
            self._by_single_sign_on(request, sociallogin)

    def _by_single_sign_on(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The person of the claim; what was linked before does not count once the claim moved."""
        user = person_of_claims(sociallogin.account.extra_data)
        if user is None or (sociallogin.is_existing and sociallogin.user != user):
            if user is not None:
                address = get_account_adapter().get_client_ip(request)
                operations.note_failed_sign_in(user, address=address, step="openid_connect")
            log.warning("The single sign-on named somebody who is not enrolled.")
            _refuse(request, _UNKNOWN)
        if not sociallogin.is_existing and user.is_active:
            sociallogin.connect(request, user)

    def _by_wechat(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        linking = sociallogin.state.get("process") == "connect" and request.user.is_authenticated
        if linking and sociallogin.is_existing and sociallogin.user != request.user:
            _refuse(request, _OTHERS)
        if not linking and not sociallogin.is_existing:
            _refuse(request, _NOT_LINKED)


def person_of_claims(data: Mapping[str, Any]) -> User | None:
    """Who is enrolled under what the configured claim says; the id token first, as it is signed."""
    tokens = [data.get("id_token") or {}, data.get("userinfo") or {}]
    claim = settings.GULOU.oidc_claim
    said = next((str(token[claim]) for token in tokens if token.get(claim)), "")
    if not said:
        return None
    if settings.GULOU.oidc_field == "employee_number":
        return queries.person_numbered(said)
    return queries.person_named(said)


def _refuse(request: HttpRequest, why: Any) -> NoReturn:
    page = render(request, "socialaccount/authentication_error.html", {"why": why}, status=403)
    raise ImmediateHttpResponse(page)

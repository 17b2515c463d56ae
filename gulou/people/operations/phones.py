"""Signing in on a phone by a link that is shown on a signed-in page, and signing it out from there."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.people import queries
from gulou.people.models import EndedSession, PhoneLink, User

PHONE = "phone"
"""How the list of sessions calls this way of signing in."""
LINK_LIFE = timedelta(minutes=10)
REMEMBERED = timedelta(days=60)


@transaction.atomic
def make_phone_link(user: User) -> str:
    """The secret part of a new link for this person; an earlier one opens nothing any more."""
    PhoneLink.objects.filter(user=user).delete()
    token = secrets.token_urlsafe(32)
    PhoneLink.objects.create(
        digest=queries.digest_of_secret(token), user=user, expires_at=clock.now() + LINK_LIFE
    )
    return token


@transaction.atomic
def spend_phone_link(token: str) -> User:
    """Whom the link signs in; it opens nothing any more. Raises NotFound."""
    user = queries.phone_link_owner(token)
    gone, _kinds = PhoneLink.objects.filter(digest=queries.digest_of_secret(token)).delete()
    if not gone:
        raise NotFound("phone.link_unknown", _("This link was used already. Make a new one."))
    return user


def remember_ended(session_keys: Iterable[str]) -> None:
    """Remember that these sessions were ended, for when the field app asks there."""
    EndedSession.objects.bulk_create(
        [
            EndedSession(digest=queries.digest_of_secret(key), at=clock.now())
            for key in session_keys
        ],
        ignore_conflicts=True,
    )


def forget_ended() -> None:
    """Forget links whose time is over, and phones that have not asked for long."""
    PhoneLink.objects.filter(expires_at__lt=clock.now()).delete()
    EndedSession.objects.filter(at__lt=clock.now() - REMEMBERED).delete()

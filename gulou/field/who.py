"""Who asks: somebody who is signed in, or a resident. What changes something has its CSRF token."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError
from ninja.utils import check_csrf

from gulou.kit.errors import NotAllowed, Refusal
from gulou.people.adapter import KIND
from gulou.people.middleware import first_thing
from gulou.people.operations import PHONE

from .entering import why_signed_out

if TYPE_CHECKING:
    from gulou.people.models import User

_ONLY_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


_CODES = {"": "field.signed_out", "expired": "field.expired", "ended": "field.ended"}


class SignedOut(Refusal):
    """Nobody is signed in; the code says what became of the session. Answered with 401."""

    status = 401


class EndedAfar(SignedOut):
    """The session was ended from elsewhere: nothing of it stays on the phone."""


def anybody(request: HttpRequest) -> str:
    """Let everybody in. The cookie alone changes nothing: a page elsewhere could send that."""
    if request.method not in _ONLY_LOOKS and check_csrf(request):
        raise HttpError(NotAllowed.status, "csrf")
    return "anybody"


def reader_of(request: HttpRequest) -> "User | None":
    """Who is signed in, None for a resident. Who has something to do first, such as a new password,
    is nobody here until it is done: these views are open to all, so no guard has asked."""
    if not request.user.is_authenticated:
        return None
    if request.session.get(KIND) != PHONE and first_thing(request, request.user):
        return None
    return request.user


def staff_of(request: HttpRequest, *, uid: UUID | None = None) -> "User":
    """Who is signed in, and is the one with this uid where one is named. Raises SignedOut."""
    reader = reader_of(request)
    if reader is None or (uid is not None and reader.uid != uid):
        raise signed_out(request)
    return reader


def signed_out(request: HttpRequest) -> SignedOut:
    """That nobody is signed in, or not who it was; with what became of them."""
    why = why_signed_out(request)
    kind = EndedAfar if why == "ended" else SignedOut
    return kind(_CODES[why], _("Sign in again. Nothing on this phone is lost."))

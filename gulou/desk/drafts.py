"""Photos on their way into a form: staged under its draft, with or without JavaScript."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse

from gulou.cases.operations import Evidence
from gulou.kit.errors import Refusal
from gulou.photos import operations as photos
from gulou.photos import queries as staged

if TYPE_CHECKING:
    from gulou.people.models import User
    from gulou.photos.models import Photo

FILES = "photos"


@dataclass(frozen=True)
class Shown:
    """A staged photo as the upload field shows it again."""

    uid: UUID
    url: str


@dataclass(frozen=True)
class Draft:
    """The photos of one form. `refusals` are the words about files that could not be taken."""

    token: str
    uids: tuple[UUID, ...] = ()
    refusals: tuple[Any, ...] = ()
    changed: bool = False

    @property
    def evidence(self) -> Evidence:
        """What an operation is given."""
        return Evidence(photos=self.uids, draft=self.token)

    def photos(self) -> "list[Photo]":
        """The staged photos of the form."""
        return staged.staged_photos(self.token) if self.uids else []

    @property
    def shown(self) -> list[Shown]:
        """The photos to show again, in their order."""
        there = {photo.uid for photo in staged.staged_photos(self.token)}
        return [Shown(uid, preview_url(uid)) for uid in self.uids if uid in there]


def new_draft() -> Draft:
    """A draft that only the person with this form knows."""
    return Draft(secrets.token_urlsafe(24))


def draft_of(request: HttpRequest, *, by: "User") -> Draft:
    """What came with a form: photos staged before it, and files that came with it."""
    token = request.POST.get("draft", "")
    if not (0 < len(token) <= photos.MOST_DRAFT and token.isascii() and token.isprintable()):
        return new_draft()
    uids = [uid for text in request.POST.getlist("photo")[:20] if (uid := uuid_of(text))]
    gone = uuid_of(request.POST.get("discard", ""))
    if gone:
        photos.discard_photo(gone, draft=token)
    came, refusals = _stage(request.FILES.getlist(FILES), token, by)
    kept = [uid for uid in dict.fromkeys([*uids, *came]) if uid != gone]
    return Draft(token, tuple(kept), tuple(refusals), changed=bool(gone))


def _stage(
    files: Sequence["UploadedFile[bytes]"], token: str, by: "User"
) -> tuple[list[UUID], list[Any]]:
    came, refusals = [], []
    for file in files:
        try:
            came.append(photos.stage_photo(file, draft=token, by=by).uid)
        except Refusal as refusal:
            # One bad file must not take the good ones with it.
            refusals.append(refusal.message)
    return came, refusals


def preview_url(uid: UUID) -> str:
    """Where the person who staged a photo sees it. The draft's token is never in an address."""
    return reverse("desk:draft", args=[uid])


def uuid_of(text: str) -> UUID | None:
    """The id in a text, None where there is none."""
    try:
        return UUID(text)
    except ValueError:
        return None

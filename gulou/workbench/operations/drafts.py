"""Forwarded pictures that wait for somebody to make reports of them."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.operations.ground import MAX_WORDS
from gulou.kit import clock
from gulou.kit.errors import NotFound, Refusal
from gulou.kit.words import clean
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos import operations as photos
from gulou.workbench.models import EntryDraft

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def take_pictures(
    files: "Iterable[UploadedFile[bytes]]", *, by: User, words: str = ""
) -> tuple[list[EntryDraft], list[Any]]:
    """Keep each picture as a draft of its own, with the words that came with them.

    The drafts, and the words about files that could not be taken. Raises NotAllowed.
    """
    access.require(by, states.ENTER, unit_id=people.office().id)
    kept, refused = [], []
    for file in files:
        # A draft of its own: each picture becomes a report of its own, or is thrown away.
        token = secrets.token_urlsafe(24)
        try:
            photo = photos.stage_photo(file, draft=token, by=by)
        except Refusal as refusal:
            refused.append(refusal.message)
            continue
        kept.append(
            EntryDraft.objects.create(
                by=by, photo=photo, token=token, words=clean(words)[:MAX_WORDS], at=clock.now()
            )
        )
    return kept, refused


def drop_draft(uid: UUID, *, by: User, discard: bool = True) -> None:
    """Forget a draft of one's own; its picture too unless a report has it now. Raises NotFound."""
    draft = EntryDraft.objects.filter(uid=uid, by=by).select_related("photo").first()
    if draft is None:
        raise NotFound("draft.not_found", _("This draft is not here any more."))
    photo, token = draft.photo.uid, draft.token
    draft.delete()
    if discard:
        photos.discard_photo(photo, draft=token)

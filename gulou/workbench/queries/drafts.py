"""Forwarded pictures that wait to become reports."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.people.models import User
from gulou.workbench.models import EntryDraft


@dataclass(frozen=True)
class EntryDraftSeen:
    """A draft with what its picture says of itself: when and where it was taken (WGS84)."""

    uid: UUID
    token: str
    photo: UUID
    words: str
    at: datetime
    taken_at: datetime | None
    lat: float | None
    lon: float | None


def drafts_of(user: User) -> list[EntryDraftSeen]:
    """The drafts of this person, the oldest first."""
    found = EntryDraft.objects.filter(by=user, photo__state="staged").select_related("photo")
    return [_seen(draft) for draft in found]


def draft_of(user: User, uid: UUID) -> EntryDraftSeen:
    """One draft of this person. Raises NotFound."""
    found = EntryDraft.objects.filter(by=user, uid=uid, photo__state="staged")
    draft = found.select_related("photo").first()
    if draft is None:
        raise NotFound("draft.not_found", _("This draft is not here any more."))
    return _seen(draft)


def _seen(draft: EntryDraft) -> EntryDraftSeen:
    photo = draft.photo
    return EntryDraftSeen(
        draft.uid, draft.token, photo.uid, draft.words, draft.at, photo.taken_at,
        photo.taken_lat, photo.taken_lon,
    )  # fmt: skip

"""Looking at photos. Who may look is decided where the photo belongs: in cases, or by the draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.files import File
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotFound
from gulou.people.models import User

from . import copies, current, files
from .decoding.client import Limits, Unreadable
from .models import CoverKind, Photo, PhotoState

# A page that waits for a copy which the worker has not made yet waits no longer than this.
_PATIENCE_SECONDS = 3.0
_ON_A_PAGE = Limits(cpu_seconds=4, wall_seconds=6)


def fingerprints(uids: Sequence[UUID]) -> list[str]:
    """The SHA-256 of each photo, staged or kept, in the order given; the id of an unknown one."""
    known = dict(Photo.objects.filter(uid__in=uids).values_list("uid", "sha256"))
    return [known.get(uid, str(uid)) for uid in uids]


def staged_photos(draft: str) -> list[Photo]:
    """The photos waiting under a draft, as they came. An empty draft has none."""
    return list(files.staged_under(draft).order_by("pk"))


def staged_count() -> int:
    """How many wait under drafts of everybody."""
    return Photo.objects.filter(state=PhotoState.STAGED).count()


def staged_photo(uid: UUID, *, draft: str) -> Photo:
    """One photo waiting under a draft. Raises NotFound."""
    photo = files.staged_under(draft).filter(uid=uid).first()
    if photo is None:
        raise _not_there()
    return photo


def photo_staged_by(uid: UUID, *, by: User) -> Photo:
    """One photo that this person has waiting in some form of theirs. Raises NotFound."""
    photo = Photo.objects.filter(uid=uid, state=PhotoState.STAGED, staged_by=by).first()
    if photo is None:
        raise _not_there()
    return photo


def kept_photo(uid: UUID) -> Photo:
    """One photo that is evidence. Raises NotFound. The caller decides who may see it."""
    photo = Photo.objects.filter(uid=uid, state=PhotoState.KEPT).first()
    if photo is None:
        raise _not_there()
    return photo


def rendition_ready(photo: Photo, size: str) -> bool:
    """Has the copy of this size been made?"""
    return photo.renditions.filter(size=size).exists()


def open_original(photo: Photo) -> "tuple[File[Any], str]":
    """The untouched original and its MIME type. Restricted: it says where and when. NotFound."""
    try:
        return files.open_file(photo.original), photo.mime
    except FileNotFoundError as error:
        raise _not_there() from error


def open_rendition(photo: Photo, size: str) -> "tuple[File[Any], str]":
    """A copy ("list", "page" or "full") and its MIME type, for eyes inside the house.

    Makes it if the worker has not come to it yet. When that cannot be done soon, a smaller copy
    that exists is given instead. Raises NotFound if there is none.
    """
    if size not in files.SIZES:
        raise _not_there()
    made = dict(photo.renditions.values_list("size", "path"))
    if size in made and (file := _opened(made[size])):
        return file, files.COPY_MIME
    try:
        copy = copies.make(photo, [size], patience=_PATIENCE_SECONDS, limits=_ON_A_PAGE)[size]
    except (Unreadable, OSError) as error:
        for smaller in reversed(files.SIZES[: files.SIZES.index(size)]):
            if smaller in made and (file := _opened(made[smaller])):
                return file, files.COPY_MIME
        raise _not_there() from error
    return File(BytesIO(copy.data)), files.COPY_MIME


KINDS_OF_COVER = CoverKind.choices


@dataclass(frozen=True)
class CoverSeen:
    """A cover that stands, for who may change it; places in percent of the picture."""

    id: int
    kind: str
    label: str
    left: float
    top: float
    wide: float
    high: float
    sure: int | None
    by: str
    at: datetime


def covers_of(photo: Photo) -> list[CoverSeen]:
    """What is covered of a photo now."""
    standing = photo.covers.filter(ended_at=None).select_related("by")
    return [
        CoverSeen(
            id=one.pk, kind=one.kind, label=one.get_kind_display(), left=_percent(one.x),
            top=_percent(one.y), wide=_percent(one.width), high=_percent(one.height),
            sure=None if one.score is None else round(one.score * 100), by=str(one.by or ""),
            at=one.at,
        )
        for one in standing
    ]  # fmt: skip


def _percent(part: float) -> float:
    return round(part * 100, 1)


def covering_is_on() -> bool:
    """Whether faces and plates are looked for in new pictures."""
    return current.covering_is_on()


def copy_of(photo: Photo) -> bytes:
    """The bytes of a copy that is good to compare by. Raises FileNotFoundError before it is made."""
    with files.open_file(files.copy_path(photo.sha256, "page")) as file:
        copy: bytes = file.read()
    return copy


def original_of(photo: Photo) -> bytes:
    """The bytes of the untouched original: as hostile as they came. Raises FileNotFoundError."""
    with files.open_file(photo.original) as file:
        original: bytes = file.read()
    return original


def open_public_rendition(photo: Photo, size: str) -> "tuple[File[Any], str]":
    """A copy that may leave the house, with what is covered burnt in. Cases decide that it may: ask
    them first. NotFound while nobody has looked for faces and plates in it."""
    if photo.public_uid is None or size not in files.SIZES:
        raise _not_there()
    if not photo.public_digest:
        return open_rendition(photo, size)
    if file := _opened(files.public_path(photo.public_digest, size)):
        return file, files.COPY_MIME
    raise _not_there()


def _opened(path: str) -> "File[Any] | None":
    try:
        return files.open_file(path)
    except FileNotFoundError:
        return None


def _not_there() -> NotFound:
    return NotFound("photo.not_found", _("This photo is not here."))

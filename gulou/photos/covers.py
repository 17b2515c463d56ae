"""What the public does not see of a picture: found by detectors, drawn and taken away by people.

A picture is for the public only once it was looked at, and its covers are burnt into copies of
their own. Whatever cannot be looked at stays inside the house until a person has.
"""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid
from gulou.outbox.models import Event
from gulou.outbox.record import record

from . import current, files
from .facts import CoversChanged, PhotoLookedAt
from .models import Cover, CoverKind, Photo, PhotoState, Rendition
from .seeing import client
from .seeing.boxes import Box

if TYPE_CHECKING:
    from gulou.people.models import User

__all__ = ["CoverKind", "Drawn", "change_covers", "look_at", "publish", "standing"]

_LOOKED_AT = "full"
_QUALITY = {"list": 76, "page": 82, "full": 86}
MOST_COVERS = 60
"""So many may people draw on one picture. What the detectors find is always covered."""
# Less than this part of a side covers nothing.
LEAST = 0.002


@dataclass(frozen=True)
class Drawn:
    """A cover that a person draws: its kind, and its place in parts of the width and height."""

    kind: CoverKind
    box: Box


def standing(photo: Photo) -> list[Cover]:
    """What is covered now."""
    return list(photo.covers.filter(ended_at=None))


def look_at(photo: Photo) -> None:
    """Let the detectors look, once. Raises Unreadable, or FileNotFoundError without its copy."""
    if photo.looked_at is not None or not current.covering_is_on():
        return
    found = _known_from_twin(photo)
    if found is None:
        with files.open_file(files.copy_path(photo.sha256, _LOOKED_AT)) as copy:
            found = [_cover(one) for one in client.find(copy.read())]
    found += _drawn_on_twins(photo)
    with transaction.atomic():
        locked = Photo.objects.select_for_update().get(pk=photo.pk)
        if locked.looked_at is not None:
            return
        _note_found(locked, found)


def _cover(found: client.Found) -> Cover:
    return Cover(
        kind=found.kind, x=found.x, y=found.y, width=found.width, height=found.height,
        score=found.score,
    )  # fmt: skip


def _known_from_twin(photo: Photo) -> list[Cover] | None:
    """What was found in a photo of the same bytes, so that nobody looks twice."""
    looked = Photo.objects.filter(sha256=photo.sha256, looked_at__isnull=False)
    # Where a person was first, the detectors may never have looked.
    twin = looked.exclude(covers__by__isnull=False).first()
    if twin is None:
        return None
    fields = ("kind", "x", "y", "width", "height", "score")
    return [Cover(**one) for one in twin.covers.filter(by=None).values(*fields)]


def _drawn_on_twins(photo: Photo) -> list[Cover]:
    """What people cover in photos of the same bytes, each box once."""
    standing = Cover.objects.filter(photo__sha256=photo.sha256, by__isnull=False, ended_at=None)
    own = {_box(one) for one in photo.covers.all()}
    there = {_box(one): one for one in standing.exclude(photo=photo)}
    fields = ("kind", "x", "y", "width", "height", "by_id")
    return [Cover(**{name: getattr(one, name) for name in fields})
            for box, one in there.items() if box not in own]  # fmt: skip


def _box(cover: Cover) -> Box:
    return (cover.x, cover.y, cover.width, cover.height)


@transaction.atomic
def cover_twins(photo: Photo) -> None:
    """Cover what people cover here in every other photo of the same bytes, but for what was taken
    away there."""
    twins = Photo.objects.filter(sha256=photo.sha256).exclude(pk=photo.pk)
    for twin in twins.order_by("pk").select_for_update():
        found = _drawn_on_twins(twin)
        if found:
            _change(twin, added=found, removed=[], actor="system")


@rows.together()
def share() -> None:
    """What was looked at, and had nothing to cover, needs no look in another photo of the same
    bytes: that is for the public at once."""
    if not current.covering_is_on():
        return
    same = Photo.objects.filter(sha256=OuterRef("sha256"), looked_at__isnull=False)
    bare = same.exclude(Exists(Cover.objects.filter(photo=OuterRef("pk"))))
    made = Rendition.objects.filter(photo=OuterRef("pk"))
    covered = Cover.objects.filter(photo__sha256=OuterRef("sha256"), ended_at=None)
    waiting = Photo.objects.filter(
        Exists(bare), Exists(made), ~Exists(covered), state=PhotoState.KEPT, looked_at=None
    )
    found = list(waiting.order_by("pk").select_for_update())
    rows.draw(*[Event] * len(found))
    for photo in found:
        photo.looked_at, photo.public_uid = clock.now(), photo.public_uid or uuid.uuid4()
        rows.change(photo, "looked_at", "public_uid")
        record(PhotoLookedAt(faces=0, plates=0), subject=photo, actor="system")


def _note_found(photo: Photo, found: Sequence[Cover]) -> None:
    photo.looked_at = clock.now()
    for cover in found:
        cover.photo, cover.at = photo, photo.looked_at
    Cover.objects.bulk_create(found)
    photo.save(update_fields=["looked_at"])
    kinds = [cover.kind for cover in found]
    record(
        PhotoLookedAt(faces=kinds.count(CoverKind.FACE), plates=kinds.count(CoverKind.PLATE)),
        subject=photo, actor="system",
    )  # fmt: skip


def publish(photo: Photo) -> None:
    """Make what the public sees, if it was looked at or nobody wants it looked at.

    Raises Unreadable, or FileNotFoundError without its copies.
    """
    covers = standing(photo)
    digest = _digest(photo, covers)
    made = _burnt(photo, covers) if covers else []
    with transaction.atomic():
        if digest:
            files.hold(digest)
        photo = Photo.objects.select_for_update().get(pk=photo.pk)
        if photo.looked_at is None and current.covering_is_on():
            return
        if digest != _digest(photo, standing(photo)):
            raise client.Unreadable("busy")  # Somebody changed them meanwhile: once more.
        if photo.public_uid is not None and photo.public_digest == digest:
            return
        for size, data in zip(files.SIZES, made, strict=False):
            files.put(files.public_path(digest, size), ContentFile(data), len(data))
        photo.public_uid, photo.public_digest = uuid.uuid4(), digest
        photo.save(update_fields=["public_uid", "public_digest"])


def _digest(photo: Photo, covers: Sequence[Cover]) -> str:
    if not covers:
        return ""
    places = sorted((one.x, one.y, one.width, one.height) for one in covers)
    return hashlib.sha256(json.dumps([photo.sha256, places]).encode()).hexdigest()


def _burnt(photo: Photo, covers: Sequence[Cover]) -> list[bytes]:
    jpegs = []
    for size in files.SIZES:
        with files.open_file(files.copy_path(photo.sha256, size)) as copy:
            jpegs.append(copy.read())
    boxes = [(one.x, one.y, one.width, one.height) for one in covers]
    return client.burn(jpegs, boxes, qualities=[_QUALITY[size] for size in files.SIZES])


@transaction.atomic
def change_covers(
    photo: Photo, *, by: "User", drawn: Sequence[Drawn], removed: Collection[int]
) -> Photo:
    """Add covers and take others away. Part of the caller's operation, which decides who may.

    What the public fetched until now is gone at once; the worker makes the new copies. Raises
    Invalid for a box outside the picture, Conflict when somebody took one of them away already.
    """
    photo = Photo.objects.select_for_update().get(pk=photo.pk)
    now = standing(photo)
    gone = [cover for cover in now if cover.pk in removed]
    if len(gone) < len(set(removed)):
        raise Conflict(
            "photo.cover_gone",
            _("Somebody else changed these covers meanwhile. Look again."),
            field="covers",
        )
    if sum(one.by_id is not None for one in now if one not in gone) + len(drawn) > MOST_COVERS:
        raise Invalid(
            "photo.too_many_covers",
            _("At most %(most)d covers on one picture.") % {"most": MOST_COVERS},
            field="covers",
        )
    Cover.objects.filter(pk__in=[one.pk for one in gone]).update(
        ended_at=clock.now(), ended_by=by.pk
    )
    photo.looked_at = photo.looked_at or clock.now()
    _change(photo, added=[_drawn(one, by) for one in drawn], removed=gone, actor=by.actor)
    return photo


def _change(photo: Photo, *, added: Sequence[Cover], removed: Sequence[Cover], actor: str) -> None:
    for cover in added:
        cover.photo, cover.at = photo, clock.now()
    Cover.objects.bulk_create(added)
    before, photo.public_uid, photo.public_digest = photo.public_digest, None, ""
    photo.save(update_fields=["public_uid", "public_digest", "looked_at"])
    record(
        CoversChanged(added=[one.pk for one in added], removed=[one.pk for one in removed]),
        subject=photo, actor=actor,
    )  # fmt: skip
    if before:
        transaction.on_commit(partial(files.remove_uncovered, before))


def _drawn(one: Drawn, by: "User") -> Cover:
    x, y, width, height = one.box
    inside = 0 <= x <= 1 and 0 <= y <= 1 and x + width <= 1.0001 and y + height <= 1.0001
    if not inside or width < LEAST or height < LEAST:
        raise Invalid(
            "photo.cover_outside",
            _("A cover lies outside the picture or is too small. Draw it again."),
            field="covers",
        )
    return Cover(kind=one.kind, x=x, y=y, width=min(width, 1 - x), height=min(height, 1 - y), by=by)

"""Taking files in by pieces, and doing what a phone pushes only once."""

import hashlib
import hmac
import re
import secrets
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import IO, TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotFound, TooMany
from gulou.kit.shelf import Shelf
from gulou.photos import operations as photos
from gulou.photos.told import Told

from .models import Pushed, Upload

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from gulou.people.models import User

FIELD = "photos"
LIFE = photos.STAGED_FOR
MOST_OPEN = 2 * photos.MOST_PHOTOS
"""Uploads under one secret: nine photos, and as many that were taken back."""
MOST_SPACE = 4 * 1024**3
"""What all unfinished uploads of staff together may announce, and how much those of the public."""
MOST_SPACE_OF_PUBLIC = 1024**3
PUBLIC_LIFE = timedelta(hours=1)
"""An unfinished one of the public is kept so long after its last piece."""
SHORT, MOST_SHORT = 16 * 1024, 32
"""A piece below so many bytes is short, and so many short ones are kept: each is a file."""
MOST_PIECES = 256
"""An upload in more pieces than these begins again: the last of them has to end it."""
KEPT_FOR = timedelta(days=90)
shelf = Shelf("uploads")
_SECRET = re.compile(r"[\w-]{32,64}", re.ASCII)
_DAMAGED = "upload.damaged"
_MAY_PASS = ("photo.too_many", "photo.time")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def begin_upload(
    uid: UUID, *, draft: str, size: int, sha256: str, capture: str = "",
    told: Told | None = None, by: "User | None" = None,
) -> Upload:  # fmt: skip
    """Begin one. The same again gives the one that is there, with what has come of it.

    Raises Invalid, Conflict where the id came with another file or secret, TooMany when there is no
    room.
    """
    _check(draft, size, sha256, capture)
    now = clock.now()
    with transaction.atomic():
        _discard(Upload.objects.filter(pk=uid, expires_at__lte=now))
        upload, new = Upload.objects.get_or_create(
            pk=uid,
            defaults={
                "key": _key(draft), "by": by, "sha256": sha256, "capture": capture, "size": size,
                "told": told.kept() if told else None,
                "mark": _mark(), "begun_at": now, "expires_at": now + (LIFE if by else PUBLIC_LIFE),
            },
        )  # fmt: skip
        if new:
            _check_room(upload)
    if (upload.key, upload.size, upload.sha256) != (_key(draft), size, sha256):
        raise Conflict(
            "upload.same_id_other_file", _("This photo was begun before as another one. Add it again."),
            field=FIELD,
        )  # fmt: skip
    return finish(upload, draft=draft)


def upload_of(uid: UUID, *, draft: str) -> Upload:
    """The upload that this secret opens, finished if all of it came. Raises NotFound."""
    return finish(_mine(uid, draft), draft=draft)


def take_piece(uid: UUID, *, draft: str, offset: int, content: IO[bytes], size: int) -> Upload:
    """Take the next piece. Raises NotFound; Conflict where it is not the next one."""
    with transaction.atomic():
        upload = _mine(uid, draft, lock=True)
        if offset != upload.offset:
            raise Conflict("upload.offset", _("Another piece comes next."))
        if offset + size > upload.size:
            raise Invalid("upload.too_long", _("More came than was announced."), field=FIELD)
        unfinished = offset + size < upload.size
        if size < SHORT and unfinished:
            _check_short(upload)
        too_many = unfinished and len(upload.pieces) + 1 >= MOST_PIECES
        if too_many:
            gone = [upload.name_of(start) for start in upload.pieces]
            upload.pieces, upload.offset, upload.mark = [], 0, _mark()
            upload.save(update_fields=["pieces", "offset", "mark"])
            transaction.on_commit(lambda: _remove(gone))
        elif size:
            shelf.keep(upload.name_of(offset), content)
            upload.pieces, upload.offset = [*upload.pieces, offset], offset + size
            upload.expires_at = max(upload.expires_at, clock.now() + PUBLIC_LIFE)
            upload.save(update_fields=["pieces", "offset", "expires_at"])
    if too_many:
        # The app asks then how much has come, and goes on from there: from the beginning.
        raise Conflict("upload.offset", _("Another piece comes next."))
    return finish(upload, draft=draft)


def finish(upload: Upload, *, draft: str) -> Upload:
    """Stage the photo once all of it is here. A second time does nothing.

    Raises Invalid where it is no photo, and where it is not the one that was announced: then it
    begins again.
    """
    if _is_over(upload):
        return upload
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if _is_over(upload):
            return upload
        refusal = _staged(upload, draft)
        gone, upload.pieces = [upload.name_of(start) for start in upload.pieces], []
        if refusal is None:
            upload.expires_at = clock.now() + LIFE
        elif refusal.code == _DAMAGED:
            upload.offset, upload.mark = 0, _mark()
        else:
            upload.refused = refusal.code
        upload.save()
        transaction.on_commit(lambda: _remove(gone))
    if refusal is not None:
        raise refusal
    return upload


def _is_over(upload: Upload) -> bool:
    """Whether nothing is to be done with it now. Raises Invalid where it was found to be no photo."""
    if upload.refused:
        raise Invalid(
            upload.refused, _("This photo cannot be taken. Take another one in its place."),
            field=FIELD,
        )  # fmt: skip
    return upload.offset < upload.size or upload.photo is not None


def _staged(upload: Upload, draft: str) -> Invalid | None:
    """Make a staged photo of its pieces; what is wrong with them otherwise."""
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as whole:
        if not hmac.compare_digest(_joined(upload, whole), upload.sha256):
            return Invalid(
                _DAMAGED, _("This photo was changed on its way. It is sent once more."), field=FIELD
            )
        whole.seek(0)
        try:
            with transaction.atomic():
                staged = photos.stage_photo(
                    whole, draft=draft, by=upload.by, captured=upload.capture,  # type: ignore[arg-type]  # it reads as one
                    told=Told(**upload.told) if upload.told else None,
                )  # fmt: skip
        except Invalid as refusal:
            if refusal.code in _MAY_PASS:
                raise
            return refusal
    upload.photo = staged.uid
    return None


def abandon_upload(uid: UUID, *, draft: str) -> None:
    """Take one back, and the photo that it has become if that was not sent yet. Raises NotFound."""
    with transaction.atomic():
        upload = _mine(uid, draft, lock=True)
        gone = [upload.name_of(start) for start in upload.pieces]
        if upload.photo is not None:
            photos.discard_photo(upload.photo, draft=draft)
        upload.delete()
        transaction.on_commit(lambda: _remove(gone))


def photos_of(uids: Sequence[UUID], *, draft: str) -> list[UUID]:
    """The staged photos that these uploads have become, in order. Raises Conflict where one has not."""
    found = dict(
        Upload.objects.filter(pk__in=uids, key=_key(draft)).values_list("pk", "photo")
    )  # fmt: skip
    if missing := [uid for uid in uids if found.get(uid) is None]:
        raise Conflict(
            "upload.missing" if missing[0] not in found else "upload.unfinished",
            _("A photo has not come whole yet. It is sent again by itself."),
            field=FIELD,
        )
    return [photo for uid in uids if (photo := found[uid]) is not None]


def discard_expired(*, limit: int = 200) -> int:
    """Forget uploads whose time is over, and their pieces; the number, at most `limit`."""
    with transaction.atomic():
        stale = Upload.objects.filter(expires_at__lt=clock.now()).order_by("expires_at")
        return _discard(stale.select_for_update(skip_locked=True)[:limit])


def _discard(found: "QuerySet[Upload]") -> int:
    stale = list(found)
    gone = [one.name_of(start) for one in stale for start in one.pieces]
    Upload.objects.filter(pk__in=[one.pk for one in stale]).delete()
    transaction.on_commit(lambda: _remove(gone))
    return len(stale)


def sweep_pieces() -> None:
    """Remove pieces that no upload knows of: a crash left them."""
    known = {
        f"{shelf.folder}/{one.name_of(start)}"
        for one in Upload.objects.exclude(pieces=[]).only("uid", "mark", "pieces")
        for start in one.pieces
    }
    shelf.remove_all_but(known, older_than_seconds=3600)


_OTHER = _("This was sent before with other content.")


def content_done(id: UUID, *, by: "User | None") -> str:
    """The digest of what was done under this id, "" for nothing yet. Who signs in or out meanwhile
    is still the same phone. Raises Conflict where somebody else did it."""
    found = Pushed.objects.filter(pk=id).first()
    if found is None:
        return ""
    if by is not None and found.by_id not in (None, by.pk):
        raise Conflict("push.same_id_other_content", _OTHER)
    return found.digest


def claim(id: UUID, *, by: "User | None", digest: str, task: str) -> bool:
    """Whether this operation is to be done now; then it is not another time. Part of the caller's
    transaction, so what is refused may come again. Raises Conflict where the id came with another."""
    defaults = {"by": by, "digest": digest, "task": task, "at": clock.now()}
    found, new = Pushed.objects.get_or_create(pk=id, defaults=defaults)
    if (found.digest, found.by_id) != (digest, by.pk if by else None):
        raise Conflict("push.same_id_other_content", _OTHER)
    return new


def note_versions(id: UUID, *, before: int | None, after: int | None) -> None:
    """From which version to which the operation brought its task."""
    Pushed.objects.filter(pk=id).update(before=before, after=after)


def version_now(task: str, version: int | None, *, by: "User") -> int | None:
    """The version that somebody saw, after what they have done to the task since on this phone:
    what was written offline one after the other was seen one after the other."""
    if version is None:
        return None
    steps = Pushed.objects.filter(by=by, task=task, before__isnull=False, after__isnull=False)
    after = dict(steps.order_by("at").values_list("before", "after"))
    while version in after and after[version] != version:
        version = after.pop(version)
    return version


def forget_pushed(before: datetime) -> None:
    """Forget operations of so long ago that no phone has them any more."""
    Pushed.objects.filter(at__lt=before).delete()


def _mine(uid: UUID, draft: str, *, lock: bool = False) -> Upload:
    rows = Upload.objects.select_for_update() if lock else Upload.objects.all()
    found = rows.filter(pk=uid, key=_key(draft), expires_at__gt=clock.now()).first()
    if found is None:
        raise NotFound("upload.not_found", _("This photo has to be sent from the beginning."))
    return found


def _key(draft: str) -> str:
    return hashlib.sha256(f"phones.upload\n{draft}".encode()).hexdigest()


def _check(draft: str, size: int, sha256: str, capture: str) -> None:
    if not _SECRET.fullmatch(draft):
        raise Invalid("photo.draft", _("A draft is 32 to 64 letters and digits."), field="draft")
    if not _SHA256.fullmatch(sha256):
        raise Invalid("upload.sha256", _("The digest of the file is missing."), field="sha256")
    if not 0 < size <= photos.MOST_BYTES:
        raise Invalid(
            "photo.too_large",
            _("This photo is larger than 20 MB. Save it smaller, or as JPEG, and send that."),
            field=FIELD,
        )
    if len(capture) > 2000:
        raise Invalid("photo.capture", _("What the camera said is too long."), field=FIELD)


def _mark() -> str:
    return secrets.token_hex(4)


def _check_short(upload: Upload) -> None:
    starts = [*upload.pieces, upload.offset]
    if sum(b - a < SHORT for a, b in pairwise(starts)) >= MOST_SHORT:
        raise TooMany(
            "upload.short", _("The network breaks off too often. It goes on when that is better.")
        )


def _check_room(upload: Upload) -> None:
    if Upload.objects.filter(key=upload.key).count() > MOST_OPEN:
        raise Invalid("photo.too_many", _("At most 9 photos can go together."), field=FIELD)
    waiting = Upload.objects.filter(photo=None, refused="", by=None)
    most = MOST_SPACE_OF_PUBLIC
    if upload.by_id is not None:
        waiting, most = Upload.objects.filter(photo=None, refused="", by__isnull=False), MOST_SPACE
    if (waiting.aggregate(left=Sum("size"))["left"] or 0) > most:
        raise TooMany(
            "photo.busy",
            _("Many photos are coming in right now. Wait a moment and send it again."),
            field=FIELD,
        )


def _joined(upload: Upload, whole: IO[bytes]) -> str:
    """Puts its pieces together; the digest of that, "" where a piece is gone."""
    digest = hashlib.sha256()
    try:
        for start in upload.pieces:
            with shelf.open_file(f"{shelf.folder}/{upload.name_of(start)}") as piece:
                while chunk := piece.read(256 * 1024):
                    digest.update(chunk)
                    whole.write(chunk)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _remove(names: Sequence[str]) -> None:
    for name in names:
        shelf.remove(f"{shelf.folder}/{name}")

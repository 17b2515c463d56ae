"""Taking photos in: staging them under a draft, keeping them as evidence, discarding them."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from mmap import ACCESS_READ, mmap
from typing import IO, TYPE_CHECKING, Any, BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gulou.catalogue.states import MANAGE
from gulou.kit import clock, rows
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Conflict, Invalid, Refusal, TooMany
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people

from . import capture, current, files, kinds
from .capture import Capture
from .decoding import client
from .decoding.client import Picture, Unreadable
from .decoding.exif import Said
from .decoding.plain import Plain, plain
from .facts import CoveringSwitched, PhotoKept
from .kinds import Kind
from .models import Covering, Photo, PhotoState
from .told import Told

if TYPE_CHECKING:
    from gulou.people.models import User

FIELD = "photos"
MOST_BYTES = 20 * 1024 * 1024
MOST_PHOTOS = 9
MOST_DRAFT = 64
STAGED_FOR = timedelta(hours=48)
_CHUNK = 256 * 1024
# EXIF is younger than this; an earlier time is a clock that was never set.
_FIRST_TIME = datetime(1995, 1, 1, tzinfo=UTC)

_WORDS = {
    "pixels": _("This photo has more than 50 megapixels. Save it smaller and send that."),
    "damaged": _(
        "This photo is damaged or incomplete and cannot be opened. Take it again, or send another."
    ),
    "memory": _(
        "This photo needs too much memory to open. Save it smaller, or as JPEG, and send that."
    ),
    "time": _("This photo took too long to open. Save it smaller, or as JPEG, and send that."),
}


def stage_photo(
    file: "BinaryIO | UploadedFile[bytes]", *, draft: str, by: "User | None" = None,
    captured: str = "", told: Told | None = None,
) -> Photo:  # fmt: skip
    """Take in one photo under a draft. The same bytes again give the photo that is there.

    What is damaged or too much is refused now: a plain JPEG is known to be whole by its frame,
    anything else is opened to the end, unless these bytes were opened before. Copies and
    fingerprints are the worker's, once it is kept. `captured` is what our
    own camera view says of it (photos.capture), proved here, and `told` what the phone says that
    sent it: where the file itself says nothing, place and time that were read from it before.

    Raises Invalid in words that can be shown, TooMany when all hands are full, and OSError
    (ENOSPC) when the disk is; then nothing is left behind.
    """
    _check_draft(draft)
    with _held(file) as held:
        proved = _proved(captured, held.sha256)
        photo = _opened(held, draft, by)
        return photo if photo.pk else _take_in(held.file, _saying(told, _with(proved, photo)))


@dataclass(frozen=True)
class _Held:
    """What came, at hand: in memory where Django kept it there, else in a file of our own."""

    file: IO[bytes]
    sha256: str
    size: int


def _opened(held: _Held, draft: str, by: "User | None") -> Photo:
    """The photo with these bytes if the draft has it, else a new one of what they say."""
    kind = _kind(held.file)
    if kind is kinds.JPEG and (found := _plain(held.file)):
        # Whether there is room for it, and whether it is there, is seen when it is taken in.
        return _photo(found, kind, held, draft, by)
    there, known = _there_or_room(draft, held.sha256)
    if there:
        return there
    return (
        _again(known, draft, by) if known else _photo(_read(held.file, kind), kind, held, draft, by)
    )


def _plain(file: IO[bytes]) -> Plain | None:
    """What is known of a JPEG without a decoder, if it is a plain one and whole."""
    if isinstance(file, BytesIO):
        return plain(file.getvalue(), most_pixels=client.MOST_PIXELS)
    with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return plain(data, most_pixels=client.MOST_PIXELS)


def _proved(captured: str, sha256: str) -> Capture | None:
    """What the camera view said, if the picture came from there. Raises Invalid."""
    if not captured:
        return None
    try:
        found = capture.read(captured, sha256=sha256, now=clock.now())
    except capture.Broken as error:
        raise Invalid(
            "photo.capture",
            _("This photo was changed on its way from the camera. Take it again."),
            field=FIELD,
        ) from error
    return found


def _saying(told: Told | None, photo: Photo) -> Photo:
    if told is None:
        return photo
    photo.told = told.kept()
    if photo.capture is None and told.taken and photo.taken_at is None:
        photo.taken_at = datetime.fromisoformat(told.taken)
    if photo.capture is None and told.from_file and photo.taken_lat is None:
        photo.taken_lat, photo.taken_lon = told.lat, told.lon
        photo.taken_accuracy_m = told.accuracy
    return photo


def _with(proved: Capture | None, photo: Photo) -> Photo:
    if proved is not None:
        # Whether the one before has come: pictures of a device may overtake each other.
        whole = not proved.before or Photo.objects.filter(capture_link=proved.before).exists()
        photo.capture, photo.capture_link = {**proved.kept(), "whole": whole}, proved.link
    return photo


@rows.together()
def keep_photos(uids: Sequence[UUID], *, draft: str, actor: str) -> list[Photo]:
    """Make staged photos evidence, in the order given. Part of the caller's operation.

    Raises Conflict when one of them is not staged under this draft: it was sent already, removed,
    has waited too long, or is somebody else's; which of these is not told.
    """
    wanted = list(dict.fromkeys(uids))
    if len(wanted) > MOST_PHOTOS:
        raise _too_many()
    found = {photo.uid: photo for photo in _waiting(draft, wanted)}
    if len(found) < len(wanted):
        raise Conflict(
            "photo.gone",
            _(
                "A photo of this form is no longer there: it was sent already, or it waited for"
                " more than 48 hours. Add it again, or look at what you have sent."
            ),
            field=FIELD,
        )
    return [_keep(found[uid], actor) for uid in wanted]


def _keep(photo: Photo, actor: str) -> Photo:
    photo.state, photo.kept_at, photo.draft = PhotoState.KEPT, clock.now(), ""
    rows.change(photo, "state", "kept_at", "draft")
    record(PhotoKept(sha256=photo.sha256, bytes=photo.bytes), subject=photo, actor=actor)
    return photo


@transaction.atomic
def discard_photo(uid: UUID, *, draft: str) -> None:
    """Remove a staged photo of a draft. What is not there needs no removing."""
    photo = files.staged_under(draft).select_for_update().filter(uid=uid).first()
    if photo:
        photo.delete()
        transaction.on_commit(lambda: files.remove_unused([photo.sha256]))


def discard_staged_before(instant: datetime, *, limit: int = 200) -> int:
    """Remove photos that nobody sent, and their files; the number removed, at most `limit`."""
    with transaction.atomic():
        stale = list(
            Photo.objects.filter(state=PhotoState.STAGED, staged_at__lt=instant)
            .order_by("staged_at")
            .select_for_update(skip_locked=True)[:limit]
        )
        Photo.objects.filter(pk__in=[photo.pk for photo in stale]).delete()
        transaction.on_commit(lambda: files.remove_unused(photo.sha256 for photo in stale))
    return len(stale)


@transaction.atomic
@current.changing()
def switch_covering(*, by: "User", on: bool) -> None:
    """Look for faces and plates in pictures from now on, or not any more. What is covered stays.

    Pictures that came while it was off are looked at by `gulou cover`.
    """
    access.require(by, MANAGE, unit_id=people.office().id)
    Covering.objects.get_or_create(only=True, defaults={"changed_at": clock.now()})
    row = Covering.objects.select_for_update().get(only=True)
    if row.is_on == on:
        return
    row.is_on, row.changed_at, row.changed_by = on, clock.now(), by
    row.save(update_fields=["is_on", "changed_at", "changed_by"])
    record(CoveringSwitched(on=on), subject=row, actor=by.actor)


def _check_draft(draft: str) -> None:
    if not (0 < len(draft) <= MOST_DRAFT and draft.isascii() and draft.isprintable()):
        raise Invalid(
            "photo.draft", _("This form is not valid any more. Open it again."), field=FIELD
        )


def _too_many() -> Invalid:
    return Invalid(
        "photo.too_many",
        _("At most 9 photos can go together. Remove one before you add another."),
        field=FIELD,
    )


def _there_or_room(draft: str, sha256: str) -> tuple[Photo | None, Photo | None]:
    """The photo with these bytes if the draft has it, else any other; else there must be room for
    one more."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, [sha256, sha256, draft])
        count, there, known = cursor.fetchone()
    if there is None and count >= MOST_PHOTOS:
        raise _too_many()
    found = _by_id.first(there or known) if there or known else None
    return (found, None) if there else (None, found)


_TABLE = Photo._meta.db_table
_ROOM = (
    f"SELECT count(*), max(id) FILTER (WHERE sha256 = %s), (SELECT id FROM {_TABLE}"  # noqa: S608
    f" WHERE sha256 = %s LIMIT 1) FROM {_TABLE} WHERE draft = %s AND state = '{PhotoState.STAGED}'"
)


@Compiled
def _by_id(pk: int) -> QuerySet[Photo]:
    return Photo.objects.filter(pk=pk)


@Compiled
def _waiting(draft: str, uids: list[UUID]) -> QuerySet[Photo]:
    """Those of a draft that wait, locked."""
    return files.staged_under(draft).filter(uid__any=uids).order_by("pk").select_for_update()


@contextmanager
def _held(file: "BinaryIO | UploadedFile[bytes]") -> Iterator[_Held]:
    inner: Any = file.file if isinstance(file, UploadedFile) else file
    if isinstance(inner, BytesIO):
        data = inner.getvalue()
        _check_size(len(data))
        yield _Held(BytesIO(data), hashlib.sha256(data).hexdigest(), len(data))
        return
    with tempfile.TemporaryFile() as spooled:
        yield _Held(spooled, *_spool(file, spooled))


def _chunks(file: "BinaryIO | UploadedFile[bytes]") -> Iterator[bytes]:
    if isinstance(file, UploadedFile):
        yield from file.chunks(_CHUNK)
        return
    while chunk := file.read(_CHUNK):
        yield chunk


def _spool(file: "BinaryIO | UploadedFile[bytes]", to: IO[bytes]) -> tuple[str, int]:
    """Copy what comes into a file of our own while hashing and counting it."""
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(file):
        size += len(chunk)
        _check_size(size)
        digest.update(chunk)
        to.write(chunk)
    to.flush()
    return digest.hexdigest(), size


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise Invalid(
            "photo.too_large",
            _("This photo is larger than 20 MB. Save it smaller, or as JPEG, and send that."),
            field=FIELD,
        )


def _kind(file: IO[bytes]) -> Kind:
    file.seek(0)
    head = file.read(kinds.HEAD)
    if not head:
        raise Invalid("photo.empty", _("This file is empty. Choose the photo again."), field=FIELD)
    kind = kinds.kind_of(head)
    if kind is None:
        name = kinds.known_as(head)
        words = (
            _("This is a %(kind)s file. Send a photo as JPEG, PNG, WebP or HEIC.") % {"kind": name}
            if name
            else _("This file is not a photo. Send a photo as JPEG, PNG, WebP or HEIC.")
        )
        raise Invalid("photo.kind", words, field=FIELD)
    return kind


def _read(file: IO[bytes], kind: Kind) -> Picture:
    try:
        return client.read_picture(file, kind=kind.code, sizes=[], inspect=True)
    except Unreadable as error:
        raise _refusal(error.code) from error


def _refusal(code: str) -> Refusal:
    if code == "busy":
        return TooMany(
            "photo.busy",
            _("Many photos are coming in right now. Wait a moment and send it again."),
            field=FIELD,
        )
    return Invalid(f"photo.{code}", _WORDS[code], field=FIELD)


def _photo(
    picture: Picture | Plain, kind: Kind, held: _Held, draft: str, by: "User | None"
) -> Photo:
    said = picture.said
    return Photo(
        draft=draft,
        staged_by=by,
        staged_at=clock.now(),
        sha256=held.sha256,
        mime=kind.mime,
        bytes=held.size,
        width=picture.width,
        height=picture.height,
        original=files.original_path(held.sha256, kind),
        taken_at=_instant(said),
        taken_lat=said.lat,
        taken_lon=said.lon,
        taken_accuracy_m=said.accuracy_m,
        device=said.device,
    )


# What a photo is by its bytes alone.
_BY_ITS_BYTES = (
    "sha256", "mime", "bytes", "width", "height", "original", "taken_at", "taken_lat",
    "taken_lon", "taken_accuracy_m", "device",
)  # fmt: skip


def _again(known: Photo, draft: str, by: "User | None") -> Photo:
    """A photo of bytes that were opened and read before."""
    facts = {name: getattr(known, name) for name in _BY_ITS_BYTES}
    return Photo(draft=draft, staged_by=by, staged_at=clock.now(), **facts)


def _instant(said: Said) -> datetime | None:
    """When EXIF says it was taken; the district's time where it names no offset."""
    if not said.taken:
        return None
    zone = (
        ZoneInfo(settings.TIME_ZONE)
        if said.offset_minutes is None
        else timezone(timedelta(minutes=said.offset_minutes))
    )
    local = datetime.fromisoformat(said.taken).replace(tzinfo=zone)
    sensible = _FIRST_TIME.year <= local.year < 9999
    if not sensible or local > clock.now() + timedelta(days=1):
        return None
    return local.astimezone(UTC)


def _take_in(file: IO[bytes], photo: Photo) -> Photo:
    """The file first, the row after, or nothing."""
    try:
        files.put(photo.original, file, photo.bytes)
        with transaction.atomic():
            return _write(file, photo)
    except BaseException:
        # If the database is gone too, the sweep finds the file later.
        with suppress(DatabaseError, OSError):
            files.remove_unused([photo.sha256])
        raise


def _write(file: IO[bytes], photo: Photo) -> Photo:
    """The row, under the locks of its bytes and of its draft, which are held only briefly."""
    locks = [files.lock_of(photo.sha256), files.lock_of(f"draft {photo.draft}")]
    new = rows.add_if(photo, _STILL_ROOM, [MOST_PHOTOS, photo.sha256, photo.draft], after=locks)
    if not new:
        there = _there_or_room(photo.draft, photo.sha256)[0]
        return there or photo
    # Whoever removed the same bytes meanwhile did so before we had their lock.
    files.put(photo.original, file, photo.bytes)
    return photo


_STILL_ROOM = (
    f"(SELECT count(*) < %s AND bool_and(sha256 <> %s) IS NOT FALSE FROM {_TABLE}"  # noqa: S608
    f" WHERE draft = %s AND state = '{PhotoState.STAGED}')"
)

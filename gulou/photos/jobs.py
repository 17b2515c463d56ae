"""What the worker does for photos: copies for showing, covers, and clearing what nobody sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db.models import Q

from gulou.kit import clock
from gulou.outbox.deliver import Hopeless
from gulou.outbox.table import Envelope

from . import copies, covers, files, likeness, operations
from .decoding import client
from .decoding.client import Picture, Unreadable
from .models import Photo, PhotoState, Rendition

# The worker has time: it waits for a free child as long as its lease allows.
_PATIENCE_SECONDS = 60.0
_PASSING = {"busy", "time"}
# So many pictures have their copies in memory together.
_TOGETHER = 32


def make_renditions(envelope: Envelope) -> None:
    """Make the copies that are missing, and the fingerprints. Twice does no harm: the second time
    none is missing."""
    _make(Photo.objects.get(uid=envelope.subject_uid))


def look(envelope: Envelope) -> None:
    """Look for faces and plates, unless the office wants none looked for, and make what the public
    sees. Twice does no harm: the second time it is done."""
    look_at(Photo.objects.get(uid=envelope.subject_uid))


def look_at(photo: Photo) -> None:
    """As `look`, for one photo that is kept."""
    prepare(photo)
    try:
        covers.look_at(photo)
        covers.publish(photo)
    except Unreadable as error:
        raise _failed(photo, error) from error


def prepare(photo: Photo) -> None:
    """Make the copies and the fingerprints of a kept photo, and let it be found by them."""
    _make(photo)
    photo.refresh_from_db(fields=["perceptual_hash"])
    likeness.note(photo)


def publish(envelope: Envelope) -> None:
    """Make anew what the public sees, after somebody changed what is covered."""
    photo = Photo.objects.get(uid=envelope.subject_uid)
    try:
        covers.publish(photo)
    except Unreadable as error:
        raise _failed(photo, error) from error


def cover_twins(envelope: Envelope) -> None:
    """Let a change of covers reach other photos of the same bytes. Twice does no harm."""
    covers.cover_twins(Photo.objects.get(uid=envelope.subject_uid))


def look_at_all(progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Look at every kept photo that was not looked at or has nothing for the public yet; how many
    were done."""
    covers.share()
    wanted = Q(public_uid=None) | Q(looked_at=None)
    waiting = Photo.objects.filter(wanted, state=PhotoState.KEPT)
    ids = list(waiting.order_by("sha256", "pk").values_list("pk", flat=True))
    done = 0
    for number, pk in enumerate(ids, 1):
        with suppress(Unreadable, Hopeless, FileNotFoundError):
            look_at(Photo.objects.get(pk=pk))
            done += 1
        progress(number, len(ids))
    return done


def read(photo: Photo) -> Picture:
    """Its copies and fingerprints, not kept yet. From any thread: nothing is asked of the database."""
    try:
        return copies.read(photo, files.SIZES, patience=_PATIENCE_SECONDS, inspect=True)
    except Unreadable as error:
        raise _failed(photo, error) from error


def make_all_renditions(read: Callable[[Photo], Picture] = read) -> None:
    """Make what is missing for all photos that are kept, from each file once."""
    kept = Photo.objects.filter(state=PhotoState.KEPT)
    copies.share(kept)
    bare = kept.exclude(pk__in=Rendition.objects.values("photo")).order_by("sha256", "pk")
    waiting = list(bare.distinct("sha256"))
    with ThreadPoolExecutor(client.AT_ONCE) as pool:
        for first in range(0, len(waiting), _TOGETHER):
            some = waiting[first : first + _TOGETHER]
            for photo, picture in zip(some, pool.map(read, some), strict=True):
                copies.keep(photo, picture)
    copies.share(kept)
    likeness.note_all()


def _make(photo: Photo) -> None:
    # The fingerprints are those of the smallest copy, made from the largest.
    sizes = copies.missing(photo) if photo.perceptual_hash else files.SIZES
    if not sizes:
        return
    try:
        copies.make(photo, sizes, patience=_PATIENCE_SECONDS, inspect=not photo.perceptual_hash)
    except Unreadable as error:
        raise _failed(photo, error) from error


def _failed(photo: Photo, error: Unreadable) -> Exception:
    """What the outbox is told: to try again, or to set it aside."""
    return error if error.code in _PASSING else Hopeless(f"photo {photo.uid}: {error.code}")


def discard_stale() -> int:
    """Remove photos that were staged and not sent within 48 hours; the number removed."""
    return operations.discard_staged_before(clock.now() - operations.STAGED_FOR)


def sweep_orphans(shard: int | None = None) -> int:
    """Remove files that a crash left without a photo; one of 256 shards, by the hour of the clock.

    Gives the number of files looked at. Young files are left alone: their photo may be on its way.
    """
    if shard is None:
        shard = int(clock.now().timestamp() // 3600) % 256
    looked = 0
    for path in files.paths_older_than(clock.now() - operations.STAGED_FOR, shard=shard):
        looked += 1
        name = path.rsplit("/", 1)[1]
        if name.endswith(".part"):
            files.remove_part(path)
        elif path.startswith("public/"):
            files.remove_uncovered(name.split("-")[0])
        else:
            files.remove_unused([name.split(".")[0].split("-")[0]])
    return looked

"""What the worker does for photos: copies for showing, and clearing what nobody sent."""

from gulou.kit import clock
from gulou.outbox.deliver import Hopeless
from gulou.outbox.table import Envelope

from . import copies, files, operations
from .decoding.client import Unreadable
from .models import Photo

# The worker has time: it waits for a free child as long as its lease allows.
_PATIENCE_SECONDS = 60.0
_PASSING = {"busy", "time"}


def make_renditions(envelope: Envelope) -> None:
    """Make the copies that are missing, and the fingerprints. Twice does no harm: the second time
    none is missing."""
    photo = Photo.objects.get(uid=envelope.subject_uid)
    # The fingerprints are those of the smallest copy, made from the largest.
    sizes = copies.missing(photo) if photo.perceptual_hash else files.SIZES
    if not sizes:
        return
    try:
        copies.make(photo, sizes, patience=_PATIENCE_SECONDS, inspect=not photo.perceptual_hash)
    except Unreadable as error:
        if error.code in _PASSING:
            raise
        raise Hopeless(f"photo {photo.uid}: {error.code}") from error


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
        else:
            files.remove_unused([name.split(".")[0].split("-")[0]])
    return looked

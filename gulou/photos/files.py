"""Where the bytes lie, by content, through Django's storage. Several photos may share one file.

Whoever writes or removes the files of a digest holds its lock until the end of the transaction.
"""

import errno
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet

from .kinds import KINDS, Kind
from .models import Photo, PhotoState

SIZES = ("list", "page", "full")
COPY_MIME = "image/jpeg"
_FOLDERS = ("originals", "renditions", "public")


def original_path(sha256: str, kind: Kind) -> str:
    """Where the untouched original lies."""
    return f"originals/{sha256[:2]}/{sha256[2:4]}/{sha256}.{kind.extension}"


def copy_path(sha256: str, size: str) -> str:
    """Where a copy for showing lies. The same original gives the same copies."""
    return f"renditions/{sha256[:2]}/{sha256[2:4]}/{sha256}-{size}.jpg"


def public_path(digest: str, size: str) -> str:
    """Where a copy with its covers burnt in lies: by the picture and by what is covered."""
    return f"public/{digest[:2]}/{digest[2:4]}/{digest}-{size}.jpg"


def staged_under(draft: str) -> QuerySet[Photo]:
    """Photos waiting under a draft. Kept ones have none, so an empty draft finds nothing."""
    return Photo.objects.filter(draft=draft, state=PhotoState.STAGED).exclude(draft="")


def hold(word: str) -> None:
    """Wait for, and keep, the lock of a word until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(*lock_of(word))


def lock_of(word: str) -> tuple[str, list[str]]:
    """The statement that waits for the lock of a word."""
    return "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7104))", [word]


def put(path: str, content: IO[bytes], size: int) -> None:
    """Write `size` bytes under a name, unless they are there. Raises OSError if it cannot."""
    if default_storage.exists(path):
        if default_storage.size(path) == size:
            return
        default_storage.delete(path)
    content.seek(0)
    saved = default_storage.save(path, File(content))
    if saved != path:
        # Another storage than ours made a second name: somebody wrote ours meanwhile.
        default_storage.delete(saved)
    if default_storage.size(path) != size:
        raise OSError(errno.EIO, "the storage did not keep what was written", path)


def open_file(path: str) -> "File[Any]":
    """Open a file for reading. Raises FileNotFoundError."""
    return default_storage.open(path)


@transaction.atomic
def remove_unused(digests: Iterable[str]) -> None:
    """Remove the files of those digests that no photo has any more. Safe to repeat."""
    for sha256 in sorted(set(digests)):
        hold(sha256)
        if Photo.objects.filter(sha256=sha256).exists():
            continue
        for kind in KINDS:
            default_storage.delete(original_path(sha256, kind))
        for size in SIZES:
            default_storage.delete(copy_path(sha256, size))


@transaction.atomic
def remove_uncovered(digest: str) -> None:
    """Remove public copies whose covers no photo has any more. Safe to repeat."""
    hold(digest)
    if not Photo.objects.filter(public_digest=digest).exists():
        for size in SIZES:
            default_storage.delete(public_path(digest, size))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def paths_older_than(instant: datetime, *, shard: int) -> Iterator[str]:
    """Files last written before `instant` whose digest begins with the byte `shard`."""
    for root in _FOLDERS:
        top = f"{root}/{shard:02x}"
        for inner in _listed(top)[0]:
            for name in _listed(f"{top}/{inner}")[1]:
                path = f"{top}/{inner}/{name}"
                if default_storage.get_modified_time(path) < instant:
                    yield path


def remove_part(path: str) -> None:
    """Remove what a killed process left half-written."""
    default_storage.delete(path)

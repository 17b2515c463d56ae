"""Making the copies for showing: through the child, into the storage, then as rows."""

import io
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import QuerySet

from . import files
from .decoding import client
from .decoding.client import Copy, Limits, Picture
from .kinds import KINDS
from .models import Photo, Rendition


def missing(photo: Photo) -> list[str]:
    """The sizes that have not been made yet."""
    made = set(photo.renditions.values_list("size", flat=True))
    return [size for size in files.SIZES if size not in made]


def make(
    photo: Photo,
    sizes: Sequence[str],
    *,
    patience: float,
    limits: Limits | None = None,
    inspect: bool = False,
) -> dict[str, Copy]:
    """Make copies and keep them, and the fingerprints of the smallest if asked to inspect; harmless
    when somebody else makes the same ones.

    Raises client.Unreadable, or OSError if the original or the disk is gone.
    """
    picture = read(photo, sizes, patience=patience, limits=limits, inspect=inspect)
    keep(photo, picture)
    return {copy.size: copy for copy in picture.copies}


def read(
    photo: Photo,
    sizes: Sequence[str],
    *,
    patience: float,
    limits: Limits | None = None,
    inspect: bool = False,
) -> Picture:
    """Make copies without keeping them: nothing is asked of the database."""
    kind = next(kind.code for kind in KINDS if kind.mime == photo.mime)
    with files.open_file(photo.original) as original:
        return client.read_picture(
            original, kind=kind, sizes=sizes, inspect=inspect, patience=patience, limits=limits
        )


def keep(photo: Photo, picture: Picture) -> None:
    """Keep copies that were made, and the fingerprints if there are any."""
    store(photo, picture.copies)
    if picture.perceptual_hash:
        Photo.objects.filter(pk=photo.pk).update(
            perceptual_hash=picture.perceptual_hash, difference_hash=picture.difference_hash
        )


def share(photos: "QuerySet[Photo]") -> None:
    """Give each of these photos the copies and fingerprints that one of the same bytes has."""
    table, ours = Rendition._meta.db_table, Photo._meta.db_table
    wanted, params = photos.values("pk").query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (photo_id, size, path, width, height)"  # noqa: S608
            " SELECT DISTINCT ON (p.id, r.size) p.id, r.size, r.path, r.width, r.height"
            f" FROM {ours} p JOIN {ours} twin ON twin.sha256 = p.sha256"
            f" JOIN {table} r ON r.photo_id = twin.id WHERE p.id IN ({wanted})"
            " ON CONFLICT DO NOTHING",
            params,
        )
        cursor.execute(
            f"UPDATE {ours} p SET perceptual_hash = twin.perceptual_hash,"  # noqa: S608
            f" difference_hash = twin.difference_hash FROM {ours} twin"
            " WHERE twin.sha256 = p.sha256 AND twin.perceptual_hash <> ''"
            f" AND p.perceptual_hash = '' AND p.id IN ({wanted})",
            params,
        )


@transaction.atomic
def store(photo: Photo, made: Sequence[Copy]) -> None:
    """Write copies to the storage, then their rows: a row without its file is never seen."""
    files.hold(photo.sha256)
    put(photo.sha256, made)
    add_rows(photo, made)


def put(sha256: str, made: Sequence[Copy]) -> None:
    """Write the files of copies. The caller holds the lock of the digest."""
    for copy in made:
        files.put(files.copy_path(sha256, copy.size), io.BytesIO(copy.data), len(copy.data))


def add_rows(photo: Photo, made: Sequence[Copy]) -> None:
    """Note copies whose files are written; those that are noted already stay."""
    rows = [
        Rendition(
            photo=photo,
            size=copy.size,
            path=files.copy_path(photo.sha256, copy.size),
            width=copy.width,
            height=copy.height,
        )
        for copy in made
    ]
    Rendition.objects.bulk_create(rows, ignore_conflicts=True)

"""`gulou backup`: database, photos and keys as of one moment, while everything goes on."""

import errno
import io
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction

from gulou.config.runtime.lock import held
from gulou.kit import clock
from gulou.kit.progress import Tell, told
from gulou.photos.models import Photo, Rendition

from . import archive, dump
from .archive import BadArchive, Writer
from .figures import figures, migrations

KEYS = ("secret_key", "data_key")


def backup(asked: Namespace) -> int:
    """Write one backup, read it back, and say what it holds. 1: it could not be made, and nothing
    was left behind."""
    target: Path = asked.target.absolute()
    if target.exists():
        print(f"{target} is there already; a backup never replaces another. Name a new one.")
        return 1
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with held(settings.GULOU.data_dir / "run" / "backup", "gulou backup"), told() as tell:
            manifest = _write(
                target, folder=asked.directory, keys=not asked.without_keys, tell=tell
            )
    except OSError as error:
        print(_failed(error, target))
        return 1
    except (BadArchive, dump.DumpFailed) as error:
        print(f"The backup failed and was removed: {error}.")
        return 1
    rows = manifest["figures"]["rows"]
    print(
        f"{target} holds {rows['cases_case']} cases, {rows['outbox_event']} facts and "
        f"{manifest['photos']} files of photos, and was read back whole."
    )
    if asked.without_keys:
        print("The keys are not in it: without data_key nobody can read the contacts again.")
    else:
        print("The keys are in it: whoever has it can read everything. Keep it as safe as them.")
    return 0


def _failed(error: OSError, target: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"There is not enough room for {target}. Nothing was left behind; make room, or name another disk."
    return f"The backup failed and was removed: {error}."


def _write(target: Path, *, folder: bool, keys: bool, tell: Tell) -> dict[str, Any]:
    with archive.writing(target, folder=folder) as writer:
        with _one_moment() as snapshot:
            known = figures()
            applied = migrations()
            _add_dump(writer, snapshot, target.parent, tell)
            originals, copies = _photos()
        gone = _add_photos(writer, originals, copies, tell)
        if keys:
            for name in KEYS:
                raw = settings.GULOU.key(name).encode()
                writer.add(f"keys/{name}", io.BytesIO(raw), len(raw))
        manifest = {
            "made_at": clock.now().isoformat(), "gulou": version("gulou"), "figures": known,
            "migrations": applied, "photos": len(originals) + len(copies) - gone, "keys": keys,
        }  # fmt: skip
        writer.close(manifest)
        tell("核对 reading it back", 0, 0)
        archive.read(writer.beside).prove()
    return manifest


@contextmanager
def _one_moment() -> Iterator[str]:
    """One moment of the database, held open; the name under which pg_dump finds it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        yield str(snapshot)


def _add_dump(writer: Writer, snapshot: str, beside: Path, tell: Tell) -> None:
    tell("数据库 database", 0, 0)
    with tempfile.TemporaryDirectory(prefix=".gulou-dump-", dir=beside) as folder:
        path = Path(folder) / "database.dump"
        dump.dump(snapshot, path)
        if dump.listed(path) == 0:
            raise BadArchive("the dump is empty")
        with path.open("rb") as file:
            writer.add("database.dump", file, path.stat().st_size)


def _photos() -> tuple[list[str], list[str]]:
    """The files of all photos as of this moment: originals, and copies, which can be made anew."""
    originals = Photo.objects.order_by("original").values_list("original", flat=True).distinct()
    copies = Rendition.objects.order_by("path").values_list("path", flat=True).distinct()
    return list(originals), list(copies)


def _add_photos(writer: Writer, originals: list[str], copies: list[str], tell: Tell) -> int:
    """Files never change, and go only when no photo has them: so they may be read after the
    moment. How many were gone by then."""
    gone, paths = 0, [*originals, *copies]
    for done, path in enumerate(paths, start=1):
        try:
            with default_storage.open(path) as file:
                writer.add(f"photos/{path}", file, file.size)
        except FileNotFoundError:
            if Photo.objects.filter(original=path).exists():
                raise BadArchive(
                    f"the file {path} of a photo is missing; `gulou doctor` says more"
                ) from None
            gone += 1
        if done % 100 == 0 or done == len(paths):
            tell("照片 photos", done, len(paths))
    return gone

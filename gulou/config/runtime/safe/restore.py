"""`gulou restore`: a backup into an empty place, after everything about it has been proved."""

import tempfile
from argparse import Namespace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from gulou.kit.env import keep_once
from gulou.kit.progress import Tell, told
from gulou.outbox import kept
from gulou.outbox.audit import audit

from . import archive, dump
from .archive import BadArchive, Reader
from .figures import figures


class CannotRestore(Exception):
    """This backup cannot go into this place. Nothing was touched. The message says why."""


def restore(asked: Namespace) -> int:
    """Prove a backup and, unless only that was asked, bring it in. 1: it was refused or failed."""
    try:
        found = archive.read(asked.source)
        with told() as tell:
            tell("核对 reading the backup", 0, 0)
            found.prove()
            _check_dump(found)
            if asked.check:
                print(f"{asked.source} is whole. It was made at {found.manifest['made_at']}.")
                return 0
            _check_place(found)
            _bring_in(found, tell)
    except OSError as error:
        print(f"The backup cannot be read or written: {error}. What was brought in was removed.")
        return 1
    except BadArchive as error:
        print(f"{asked.source} is damaged or no backup: {error}. Nothing was touched.")
        return 1
    except CannotRestore as error:
        print(f"{error} Nothing was touched.")
        return 1
    except dump.DumpFailed as error:
        print(f"The database refused it: {error}\nWhat was brought in was removed.")
        return 1
    return _report(found.manifest)


def _check_dump(found: Reader) -> None:
    with tempfile.TemporaryDirectory(prefix="gulou-restore-") as folder:
        try:
            if dump.listed(_unpacked(found, "database.dump", Path(folder))) == 0:
                raise BadArchive("its dump is empty")
        except (dump.DumpFailed, KeyError, FileNotFoundError) as error:
            raise BadArchive("its dump cannot be read") from error


def _unpacked(found: Reader, name: str, folder: Path) -> Path:
    path = folder / Path(name).name
    with found.open(name) as file, path.open("wb") as out:
        while chunk := file.read(1 << 20):
            out.write(chunk)
    return path


def _check_place(found: Reader) -> None:
    """Raises CannotRestore unless the place is empty and this version knows the backup's tables."""
    if connection.introspection.table_names():
        raise CannotRestore(
            "There are tables in this database already: a restore needs an empty one."
        )
    if any(_there(folder) for folder in ("originals", "renditions")):
        raise CannotRestore("There are photos in this place already: a restore needs an empty one.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = sorted(set(found.manifest["migrations"]) - known)
    if newer:
        raise CannotRestore(
            f"This backup comes from a newer Gulou ({found.manifest['gulou']}, {newer[0]}). "
            "Update this one first."
        )
    for name in _keys(found):
        given = getattr(settings.GULOU, name)
        if given and given != _key(found, name):
            raise CannotRestore(
                f"The environment gives another {name} than the backup: nothing sealed with the "
                "one is read with the other. Give the backup's, or none, and try again."
            )


def _there(folder: str) -> bool:
    try:
        return any(default_storage.listdir(folder))
    except FileNotFoundError:
        return False


def _keys(found: Reader) -> list[str]:
    return [name.removeprefix("keys/") for name in found.members if name.startswith("keys/")]


def _key(found: Reader, name: str) -> str:
    with found.open(f"keys/{name}") as file:
        return file.read().decode()


def _bring_in(found: Reader, tell: Tell) -> None:
    """Photos, then the database in one transaction, then the keys. Taken back if anything fails."""
    brought: list[str] = []
    try:
        photos = [name for name in found.members if name.startswith("photos/")]
        for done, name in enumerate(photos, start=1):
            path = name.removeprefix("photos/")
            with found.open(name) as file:
                brought.append(path)
                default_storage.save(path, File(file))
            if done % 100 == 0 or done == len(photos):
                tell("照片 photos", done, len(photos))
        tell("数据库 database", 0, 0)
        with tempfile.TemporaryDirectory(prefix="gulou-restore-") as folder:
            connection.close()
            dump.restore(_unpacked(found, "database.dump", Path(folder)))
    except BaseException:
        for path in brought:
            default_storage.delete(path)
        raise
    _forget_transactions()
    for name in _keys(found):
        if not getattr(settings.GULOU, name):
            _put_key(settings.GULOU.data_dir / "keys" / name, _key(found, name))
    kept.forget_all()


def _put_key(path: Path, text: str) -> None:
    """The backup's key takes the place of the one that an empty place has made for itself."""
    path.unlink(missing_ok=True)
    keep_once(path, text)


@transaction.atomic
def _forget_transactions() -> None:
    """The numbers of transactions are those of the other server: here they begin anew.

    Facts of the past get none, so that a reader who goes by (txid, id) finds them before all that
    comes. No digest is over them.
    """
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_event DISABLE TRIGGER event_append_only")
        cursor.execute("UPDATE outbox_event SET txid = 0")
        cursor.execute("ALTER TABLE outbox_event ENABLE TRIGGER event_append_only")


def _report(manifest: dict[str, Any]) -> int:
    """Compare what is here now with what was there then, and prove the record link by link."""
    there, here = manifest["figures"], figures()
    wrong = [
        f"{table}: {there['rows'].get(table, 0)} there, {count} here"
        for table, count in here["rows"].items()
        if count != there["rows"].get(table, 0)
    ]
    if here["facts"] != there["facts"]:
        wrong.append("the digests of the facts differ")
    wrong += [f"{one.subject_kind} {one.subject_uid}: {one.why}" for one in audit()]
    for line in wrong:
        print(line)
    if wrong:
        print("What was restored is not what was backed up. Do not use it.")
        return 1
    rows = here["rows"]
    print(
        f"Restored as of {manifest['made_at']}: {rows['cases_case']} cases, "
        f"{rows['outbox_event']} facts, all counts equal, every link of the record proved."
    )
    if not manifest["keys"]:
        print(
            "The backup has no keys: put secret_key and data_key into keys/ before the first start."
        )
    return 0

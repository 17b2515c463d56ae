"""The drill: a backup is made while cases come in, and comes to life in an empty place."""

import json
import os
import resource
import subprocess
import sys
import tarfile
import threading
import uuid
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from gulou.cases.models import Case
from gulou.cases.operations import ContactDetails, receive_report
from gulou.cases.states import State
from gulou.config.runtime.safe.backup import backup
from gulou.config.runtime.safe.restore import restore
from gulou.outbox.models import Event
from gulou.photos.models import Photo
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, evidence

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = ContactDetails(name="某人", phone="13800000000")
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture
def office(cast: Cast, kinds: Kinds) -> None:
    """Two cases, one with a photo and a contact, one closed."""
    photos = evidence(1)
    receive_report(a_snap(kinds.rubbish, photos=photos.photos, draft=photos.draft, contact=PEOPLE))
    a_case(cast, kinds.smoking, state=State.CLOSED)


def make(target: Path, **asked: Any) -> int:
    given = {"directory": False, "without_keys": False, **asked}
    return backup(Namespace(target=target, **given))


@pytest.fixture
def empty_place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a Gulou with an empty database and an empty folder."""
    name = f"gulou_drill_{uuid.uuid4().hex[:12]}"
    given = connection.get_connection_params()
    where = {key: given[key] for key in ("host", "port", "user", "password") if given.get(key)}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(f"CREATE DATABASE {name}")
        secret = f":{quote(str(where['password']))}" if "password" in where else ""
        host = quote(str(where.get("host", "")), safe="")
        url = f"postgres://{where['user']}{secret}@:{where.get('port', '')}/{name}?host={host}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("GULOU_")}
        yield {**kept, "DATABASE_URL": url, "GULOU_DATA_DIR": str(tmp_path / "new")}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def gulou(environment: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gulou.config.cli", *map(str, words)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def asked_there(environment: dict[str, str], sql: str) -> Any:
    url = environment["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    with psycopg.connect(url) as there:
        row = there.execute(sql).fetchone()
        return row[0] if row else None


@pytest.mark.parametrize("directory", [False, True])
def test_a_backup_made_in_full_swing_comes_to_life_elsewhere(
    office: None, kinds: Kinds, tmp_path: Path, empty_place: dict[str, str], directory: bool
) -> None:
    stop, sent = threading.Event(), []

    def residents() -> None:
        while not stop.is_set():
            sent.append(receive_report(a_snap(kinds.rubbish)).receipt)
        connection.close()

    going_on = threading.Thread(target=residents)
    going_on.start()
    try:
        assert make(tmp_path / "kept", directory=directory) == 0
    finally:
        stop.set()
        going_on.join()
    assert sent
    done = gulou(empty_place, "restore", tmp_path / "kept")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every link of the record proved" in done.stdout
    cases = asked_there(empty_place, "SELECT count(*) FROM cases_case")
    assert 2 <= cases <= Case.objects.count()
    # New facts come behind the old ones for whoever reads by transaction.
    assert asked_there(empty_place, "SELECT max(txid) FROM outbox_event") == 0
    there = Path(empty_place["GULOU_DATA_DIR"])
    original = Photo.objects.values_list("original", flat=True)[0]
    with default_storage.open(original) as file:
        assert (there / "photos" / original).read_bytes() == file.read()
    for name in ("secret_key", "data_key"):
        key = there / "keys" / name
        assert (key.read_text(), key.stat().st_mode & 0o077) == (settings.GULOU.key(name), 0)


def test_a_place_that_is_not_empty_is_not_touched(
    office: None, tmp_path: Path, empty_place: dict[str, str]
) -> None:
    assert make(tmp_path / "kept.tar") == 0
    assert gulou(empty_place, "restore", tmp_path / "kept.tar").returncode == 0
    facts = asked_there(empty_place, "SELECT count(*) FROM outbox_event")
    again = gulou(empty_place, "restore", tmp_path / "kept.tar")
    assert again.returncode == 1 and "Nothing was touched" in again.stdout
    assert asked_there(empty_place, "SELECT count(*) FROM outbox_event") == facts


def test_another_key_in_the_place_is_refused(
    office: None, tmp_path: Path, empty_place: dict[str, str]
) -> None:
    assert make(tmp_path / "kept.tar") == 0
    done = gulou({**empty_place, "GULOU_DATA_KEY": "x" * 40}, "restore", tmp_path / "kept.tar")
    assert done.returncode == 1 and "another data_key" in done.stdout
    assert asked_there(empty_place, TABLES) == 0


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 1
    path.write_bytes(raw)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with tarfile.open(path) as tar:
        members = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]  # all are files
    change(members)
    with tarfile.open(path, "w") as tar:
        for name, raw in members.items():
            head = tarfile.TarInfo(name)
            head.size = len(raw)
            part = path.with_name("part")
            part.write_bytes(raw)
            with part.open("rb") as file:
                tar.addfile(head, file)


def _without_a_photo(members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("photos/"))]


def _with_a_stranger(members: dict[str, bytes]) -> None:
    members["../../evil"] = b"x"


def _newer(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    manifest["migrations"].append("cases.9999_from_the_future")
    members["manifest.json"] = json.dumps(manifest).encode()


def _without_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def _with_half_a_manifest(members: dict[str, bytes]) -> None:
    manifest = json.loads(members["manifest.json"])
    del manifest["members"]["database.dump"]["sha256"]
    members["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "harm",
    [
        _flip,
        _cut,
        lambda path: path.write_bytes(b"\x89PNG no archive at all"),
        lambda path: _rewrite(path, _without_a_photo),
        lambda path: _rewrite(path, _with_a_stranger),
        lambda path: _rewrite(path, _without_manifest),
        lambda path: _rewrite(path, _with_half_a_manifest),
    ],
    ids=["a flipped bit", "cut off", "no archive", "a photo missing", "a stranger", "no manifest",
         "half a manifest"],
)  # fmt: skip
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    office: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], harm: Callable[[Path], None]
) -> None:
    path = tmp_path / "kept.tar"
    assert make(path) == 0
    harm(path)
    facts = Event.objects.count()
    assert restore(Namespace(source=path, check=False)) == 1
    assert "is damaged or no backup" in capsys.readouterr().out
    assert Event.objects.count() == facts


def test_a_backup_of_a_newer_gulou_is_refused(
    office: None, tmp_path: Path, empty_place: dict[str, str]
) -> None:
    assert make(tmp_path / "kept.tar") == 0
    _rewrite(tmp_path / "kept.tar", _newer)
    done = gulou(empty_place, "restore", tmp_path / "kept.tar")
    assert done.returncode == 1 and "cases.9999_from_the_future" in done.stdout
    assert asked_there(empty_place, TABLES) == 0


def test_a_whole_one_can_be_proved_without_bringing_it_in(
    office: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(tmp_path / "kept.tar") == 0
    assert restore(Namespace(source=tmp_path / "kept.tar", check=True)) == 0
    assert "is whole" in capsys.readouterr().out


@pytest.mark.parametrize("directory", [False, True])
def test_a_full_disk_leaves_nothing_behind_and_the_older_backup_alone(
    office: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], directory: bool
) -> None:
    assert make(tmp_path / "monday.tar") == 0
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        code = make(tmp_path / "tuesday", directory=directory)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 1 and "removed" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir() if path.name != "photos"] == ["monday.tar"]


def test_a_backup_never_replaces_another_and_only_its_owner_reads_it(
    office: None, tmp_path: Path
) -> None:
    assert make(tmp_path / "kept.tar") == 0
    assert (tmp_path / "kept.tar").stat().st_mode & 0o077 == 0
    before = (tmp_path / "kept.tar").read_bytes()
    assert make(tmp_path / "kept.tar") == 1
    assert (tmp_path / "kept.tar").read_bytes() == before


def test_a_photo_that_is_missing_stops_the_backup(
    office: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    default_storage.delete(Photo.objects.values_list("original", flat=True)[0])
    assert make(tmp_path / "kept.tar") == 1
    assert "is missing" in capsys.readouterr().out and not (tmp_path / "kept.tar").exists()
    assert Event.objects.exists()

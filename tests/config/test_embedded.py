"""The embedded PostgreSQL survives what happens to machines."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gulou.config import embedded
from gulou.config.embedded import EmbeddedError, Place, Server


@pytest.fixture
def where(tmp_path: Path) -> Place:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return embedded.place(folder)


@pytest.fixture
def server(where: Place) -> Iterator[Server]:
    server = Server(where, durable=False)
    server.start()
    yield server
    server.stop()


def ask(where: Place, question: str) -> object:
    with psycopg.connect(host=str(where.sockets), user="gulou", dbname="gulou") as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def put(where: Place, words: str) -> None:
    with psycopg.connect(host=str(where.sockets), user="gulou", dbname="gulou") as connection:
        connection.execute(words.encode())


def test_it_serves_unicode_on_a_socket_of_ours_only(server: Server) -> None:
    assert ask(server.place, "SHOW server_encoding") == "UTF8"
    assert ask(server.place, "SHOW listen_addresses") == ""
    assert ask(server.place, "SELECT length('𠮷野')") == 2
    assert server.place.sockets.stat().st_mode & 0o077 == 0
    assert embedded.answers(server.place)


def test_it_waits_for_the_disk_unless_told_otherwise(where: Place) -> None:
    server = Server(where)
    server.start()
    try:
        assert ask(where, "SHOW fsync") == "on"
    finally:
        server.stop()


def test_what_was_committed_survives_kill_9(server: Server) -> None:
    put(server.place, "CREATE TABLE kept AS SELECT 1 AS one")
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert not server.alive()
    server.start()
    assert ask(server.place, "SELECT one FROM kept") == 1


def test_an_orphan_is_stopped_before_the_next_start(where: Place) -> None:
    words = (
        "import os, sys; from pathlib import Path; from gulou.config import embedded;"
        "embedded._stop_with_parent = lambda: None;"
        "server = embedded.Server(embedded.place(Path(sys.argv[1])), durable=False);"
        "server.start(); print(server.process.pid, flush=True); os._exit(0)"
    )
    made = subprocess.run(
        [sys.executable, "-c", words, str(where.data.parent)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=60,
    )
    orphan = int(made.stdout)
    assert embedded.answers(where)
    said: list[str] = []
    server = Server(where, say=said.append, durable=False)
    server.start()
    try:
        assert str(orphan) in said[0]
        assert not embedded._lives(orphan)
        assert server.process is not None
        assert server.process.pid != orphan
    finally:
        server.stop()


def test_it_stops_with_its_supervisor(where: Place) -> None:
    words = (
        "import os, signal, sys; from pathlib import Path; from gulou.config import embedded;"
        "server = embedded.Server(embedded.place(Path(sys.argv[1])), durable=False);"
        "server.start(); print(server.process.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    made = subprocess.run(
        [sys.executable, "-c", words, str(where.data.parent)],
        stdout=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    left = int(made.stdout)
    until = time.monotonic() + 20
    while embedded._lives(left) and time.monotonic() < until:
        time.sleep(0.05)
    assert not embedded._lives(left)


def test_a_number_that_another_process_has_now_is_not_our_server(server: Server) -> None:
    server.stop()
    stale = f"{os.getpid()}\n{server.place.data}\n1\n5432\n"
    (server.place.data / "postmaster.pid").write_text(stale)
    (server.place.sockets / ".s.PGSQL.5432.lock").write_text(stale)
    server.start()
    assert ask(server.place, "SELECT 1") == 1


def test_an_unfinished_beginning_is_begun_anew(where: Place) -> None:
    half = where.data.with_name("postgres.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = Server(where, durable=False)
    server.start()
    try:
        assert ask(where, "SELECT 1") == 1
        assert not half.exists()
    finally:
        server.stop()


def test_data_of_another_version_are_left_alone_and_named(where: Place) -> None:
    where.data.mkdir(mode=0o700)
    (where.data / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError, match=r"PostgreSQL 15.*brings PostgreSQL 18"):
        Server(where).start()
    assert (where.data / "PG_VERSION").read_text() == "15\n"


def test_a_folder_that_is_no_database_is_left_alone(where: Place) -> None:
    where.data.mkdir(mode=0o700)
    (where.data / "holiday.jpg").touch()
    with pytest.raises(EmbeddedError, match="not a PostgreSQL data folder"):
        Server(where).start()
    assert (where.data / "holiday.jpg").exists()


def test_a_server_that_cannot_start_shows_its_own_words(server: Server) -> None:
    server.stop()
    (server.place.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        server.start()


@pytest.mark.parametrize("name", ["long" * 30, "鼓楼", "a,b", "with blank"])
def test_an_unsuitable_path_gets_a_private_socket_elsewhere(tmp_path: Path, name: str) -> None:
    where = embedded.place(tmp_path / name)
    assert len(str(where.sockets)) <= embedded.LONGEST_SOCKET_FOLDER
    assert where.sockets.parent == Path("/tmp")
    assert where.sockets == embedded.place(tmp_path / name).sockets
    assert where.sockets != embedded.place(tmp_path / f"{name}2").sockets


def test_it_starts_in_a_folder_with_a_chinese_name(tmp_path: Path) -> None:
    where = embedded.place(tmp_path / "鼓楼 区,1")
    server = Server(where, durable=False)
    server.start()
    try:
        assert ask(where, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_socket_folder_that_somebody_else_prepared_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(EmbeddedError, match="is not a folder of"):
        embedded._private_folder(tmp_path / "run")

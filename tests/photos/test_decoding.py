"""The helper and its children: limits, deaths, and nothing left behind."""

import io
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from gulou.kit.env import ROOT
from gulou.photos.decoding import client
from gulou.photos.decoding.client import Limits, Unreadable
from tests.factories.photos import draw, encode, make_jpeg

PROC = Path("/proc")
pytestmark = pytest.mark.skipif(not PROC.is_dir(), reason="looks at processes through /proc")


@cache
def slow() -> bytes:
    """A picture that a child is busy with for about a second."""
    return encode(draw(size=(7000, 7000), mode="RGBA"), "PNG", compress_level=1)


def read(data: bytes, kind: str = "jpeg", **more: object) -> client.Picture:
    limits = Limits(**more)  # type: ignore[arg-type]
    return client.read_picture(io.BytesIO(data), kind=kind, sizes=["list"], limits=limits)


def helper() -> int:
    client.warm()
    assert client._helper.pid
    return client._helper.pid


def children(pid: int) -> list[int]:
    return [int(child) for child in (PROC / f"{pid}/task/{pid}/children").read_text().split()]


def state(pid: int) -> str:
    """The kernel's letter for a process: "Z" is a zombie, "" is gone."""
    try:
        return (PROC / f"{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def eventually(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def nobody_waits() -> bool:
    """Let the children that wait for another picture end."""
    client._helper.let_go()
    return eventually(lambda: children(helper()) == [])


def waiting() -> int:
    """The one child that waits for another picture."""
    (child,) = children(helper())
    return child


def begin_slow_read() -> tuple[threading.Thread, list[str], int]:
    """Start reading a slow picture; the thread, what it was refused for, and the child."""
    pid, refused = helper(), []
    assert nobody_waits()

    def one() -> None:
        try:
            read(slow(), "png")
        except Unreadable as error:
            refused.append(error.code)

    thread = threading.Thread(target=one)
    thread.start()
    assert eventually(lambda: bool(children(pid)))
    return thread, refused, children(pid)[0]


def test_a_child_killed_midway_refuses_only_its_picture() -> None:
    thread, refused, child = begin_slow_read()
    os.kill(child, signal.SIGKILL)
    thread.join()
    assert refused == ["damaged"]
    assert read(make_jpeg()).width == 640


def test_a_helper_killed_midway_is_replaced_and_the_picture_read() -> None:
    thread, refused, _ = begin_slow_read()
    before = helper()
    os.kill(before, signal.SIGKILL)
    thread.join()
    assert refused == []
    assert helper() != before


def test_a_child_dies_with_its_helper() -> None:
    thread, _, child = begin_slow_read()
    os.kill(helper(), signal.SIGKILL)
    assert eventually(lambda: state(child) in {"", "Z"}, 1)
    thread.join()


def test_no_zombie_is_left() -> None:
    for _ in range(3):
        read(make_jpeg())
        with pytest.raises(Unreadable):
            read(b"\xff\xd8\xff")
    assert nobody_waits()


def test_a_child_that_read_well_is_asked_again() -> None:
    assert nobody_waits()
    assert read(make_jpeg()).width == 640
    child = waiting()
    assert read(make_jpeg(size=(300, 200))).width == 300
    assert waiting() == child


def test_a_child_that_refused_is_not_asked_again() -> None:
    assert nobody_waits()
    read(make_jpeg())
    child = waiting()
    with pytest.raises(Unreadable):
        read(b"\xff\xd8\xff")
    assert eventually(lambda: child not in children(helper()))


def test_a_child_reads_few_pictures() -> None:
    assert nobody_waits()
    seen = set()
    for _ in range(60):
        read(make_jpeg(size=(64, 48)))
        seen.update(children(helper()))
    assert 3 <= len(seen) <= 10


def test_a_child_that_is_not_asked_ends_by_itself() -> None:
    read(make_jpeg())
    assert eventually(lambda: children(helper()) == [])
    assert read(make_jpeg()).width == 640


def test_a_child_killed_while_it_waits_refuses_nothing() -> None:
    assert nobody_waits()
    read(make_jpeg())
    os.kill(waiting(), signal.SIGKILL)
    assert eventually(lambda: children(helper()) == [])
    assert read(make_jpeg()).width == 640


def test_each_picture_has_its_own_time() -> None:
    """The second gets as much as the first, whatever that one took."""
    assert nobody_waits()
    for n in range(2):
        assert read(slow(), "png", cpu_seconds=3).width == 7000
        assert int(limits_of(waiting())["Max cpu time"]) in ([3], [3, 4, 5])[n]


def test_what_needs_another_limit_of_memory_gets_a_child_of_its_own() -> None:
    assert nobody_waits()
    read(make_jpeg())
    child = waiting()
    read(make_jpeg(), memory_mb=60)
    assert eventually(lambda: children(helper()) == [child])


def test_too_little_memory_refuses_the_picture() -> None:
    with pytest.raises(Unreadable) as refused:
        read(slow(), "png", memory_mb=60)
    assert refused.value.code == "memory"


def test_the_limit_of_memory_is_real() -> None:
    """A child may not take what nobody estimated beforehand."""
    with pytest.raises(Unreadable) as refused:
        read(encode(draw(size=(2400, 1600)), "HEIF"), "heif", memory_mb=12)
    assert refused.value.code in {"memory", "damaged"}
    assert read(make_jpeg(), memory_mb=12).width == 640


@pytest.mark.parametrize("limit", [{"wall_seconds": 0.05}])
def test_too_little_time_refuses_the_picture(limit: dict[str, float]) -> None:
    assert nobody_waits()
    with pytest.raises(Unreadable) as refused:
        read(slow(), "png", **limit)
    assert refused.value.code == "time"
    # Nobody goes on with it.
    assert eventually(lambda: children(helper()) == [])


def limits_of(pid: int) -> dict[str, str]:
    lines = (PROC / f"{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): line[26:].split()[0] for line in lines}


def test_a_child_has_no_rights_and_few_limits() -> None:
    thread, _, child = begin_slow_read()
    # The last of what it takes from itself before it opens the picture.
    assert eventually(lambda: limits_of(child)["Max cpu time"] != "unlimited")
    rows = limits_of(child)
    status = (PROC / f"{child}/status").read_text()
    thread.join()
    assert rows["Max file size"] == rows["Max core file size"] == "0"
    assert int(rows["Max cpu time"]) <= 6
    assert int(rows["Max address space"]) < 500 * 1024 * 1024
    assert "NoNewPrivs:\t1" in status
    assert "Uid:\t0\t" not in status


def test_the_helper_knows_no_secrets_and_few_files() -> None:
    environment = (PROC / f"{helper()}/environ").read_bytes()
    names = {pair.split(b"=")[0] for pair in environment.split(b"\0") if pair}
    assert names <= {
        b"PATH",
        b"MALLOC_ARENA_MAX",
        b"LC_CTYPE",
        b"OPENBLAS_NUM_THREADS",
        b"OMP_NUM_THREADS",
    }
    assert len(list((PROC / f"{helper()}/fd").iterdir())) < 12


def test_many_threads_share_one_helper() -> None:
    pid = helper()
    data = [make_jpeg(f"photo {n}", size=(400 + n, 300)) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        widths = [picture.width for picture in pool.map(read, data)]
    assert widths == [400 + n for n in range(40)], "and everybody gets their own answer"
    assert helper() == pid


def test_who_cannot_wait_is_sent_away() -> None:
    for _ in range(client.AT_ONCE):
        assert client._helper._turns.acquire(timeout=5)
    try:
        with pytest.raises(Unreadable) as refused:
            client.read_picture(io.BytesIO(make_jpeg()), kind="jpeg", sizes=["list"], patience=0.05)
    finally:
        for _ in range(client.AT_ONCE):
            client._helper._turns.release()
    assert refused.value.code == "busy"


def test_reading_leaves_the_place_in_the_file_alone() -> None:
    data = make_jpeg()
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(10)
        client.read_picture(file, kind="jpeg", sizes=["list"])
        assert file.read() == data[10:]


def test_the_helper_goes_when_the_house_is_killed() -> None:
    script = (
        "import io, time\n"
        "from gulou.photos.decoding import client\n"
        "from tests.factories.photos import make_jpeg\n"
        "client.read_picture(io.BytesIO(make_jpeg()), kind='jpeg', sizes=['list'])\n"
        "print(client._helper.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as house:
        assert house.stdout
        pid = int(house.stdout.readline())
        assert state(pid) not in {"", "Z"}
        house.kill()
    assert eventually(lambda: state(pid) in {"", "Z"})


def in_a_fork(fine: Callable[[], bool]) -> int:
    """The exit code of a fork of this process: 0 when this was so."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if fine() else 2
            client._helper.stop()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_fork_of_the_house_shares_its_helper() -> None:
    ours = helper()
    assert in_a_fork(lambda: read(make_jpeg()).width == 640 and client._helper.pid is None) == 0
    assert helper() == ours, "and does not end it"
    assert read(make_jpeg()).width == 640


def test_a_fork_gets_its_own_where_that_of_the_house_was_killed() -> None:
    os.kill(helper(), signal.SIGKILL)
    assert in_a_fork(lambda: read(make_jpeg()).width == 640 and bool(client._helper.pid)) == 0
    assert read(make_jpeg()).width == 640


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heif"])
def test_each_kind_is_opened_by_its_own_decoder_only(kind: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "GIF")
    with pytest.raises(Unreadable):
        read(out.getvalue(), kind)


def test_a_warm_helper_has_nothing_left_to_load() -> None:
    """What a child must import first, every child imports again: 30 ms for each photo."""
    said = make_jpeg(gps=(26.08, 119.29), taken=datetime(2026, 11, 22, tzinfo=UTC), orientation=6)
    samples = {"jpeg": said, "png": encode(draw(mode="P"), "PNG"), "heif": encode(draw(), "HEIF")}
    script = (
        "import io, pickle, sys\n"
        "from gulou.photos.decoding import pictures\n"
        "pictures.warm()\n"
        "before = set(sys.modules)\n"
        "for kind, data in pickle.load(sys.stdin.buffer).items():\n"
        "    pictures.work(io.BytesIO(data), pictures.Ask(kind=kind, sizes=['list'], inspect=True))\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT, input=pickle.dumps(samples), capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.decode().strip() == "[]"


def test_a_helper_may_rest_when_nobody_asks() -> None:
    own = client.Helper("gulou.photos.decoding.helper", at_once=1, limits=Limits())
    own.rest_after(0.1)
    try:
        for _ in range(2):
            with tempfile.TemporaryFile() as file:
                file.write(make_jpeg())
                file.flush()
                ask = {"kind": "jpeg", "sizes": [], "inspect": True, "most_pixels": 50_000_000}
                head, _blobs = own.ask(file, ask, patience=5)
            assert head["width"]
            assert eventually(lambda: own.pid is None)
    finally:
        own.stop()

"""WholeFileStorage: a name has all its bytes or does not exist."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from gulou.kit.env import ROOT
from gulou.photos.storage import WholeFileStorage


class Failing(ContentFile):  # type: ignore[type-arg]
    """Content whose source breaks off after the first piece."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    storage = WholeFileStorage(str(tmp_path))
    with pytest.raises(OSError, match="No space"):
        storage.save("a/b/whole.jpg", Failing(b""))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_the_same_name_again_keeps_its_name(tmp_path: Path) -> None:
    storage = WholeFileStorage(str(tmp_path))
    names = [storage.save("a/whole.jpg", ContentFile(b"same")) for _ in range(2)]
    assert names == ["a/whole.jpg"] * 2
    assert storage.size("a/whole.jpg") == 4


def test_it_keeps_to_its_folder(tmp_path: Path) -> None:
    storage = WholeFileStorage(str(tmp_path / "in"))
    with pytest.raises(Exception, match=r"(?i)travers|outside|suspicious"):
        storage.save("../out.jpg", ContentFile(b"x"))
    assert not (tmp_path / "out.jpg").exists()


def test_a_writer_killed_midway_leaves_no_such_name(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "import django\n"
        "from django.conf import settings\n"
        "settings.configure()\n"
        "from django.core.files.base import ContentFile\n"
        "from gulou.photos.storage import WholeFileStorage\n"
        "class Deadly(ContentFile):\n"
        "    def chunks(self, chunk_size=None):\n"
        "        yield b'half'\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "WholeFileStorage(sys.argv[1]).save('a/whole.jpg', Deadly(b''))\n"
    )
    environment = {key: value for key, value in os.environ.items() if "DJANGO" not in key}
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "a" / "whole.jpg").exists()

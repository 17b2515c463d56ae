"""Drawings and their copies, made beside the stories while these are told."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from gulou.kit.env import ROOT
from gulou.photos import jobs as photo_jobs
from gulou.photos.decoding.client import Picture
from gulou.photos.models import Photo

from .drawing import LENGTH, Drawing
from .pictures import scenes
from .sights import SIGHTS

STAGES = ("before", "after", "half")


class Darkroom:
    """A process that draws, and a thread that waits for copies. Each picture is made once."""

    def __init__(self, *, copies_too: bool) -> None:
        self.copies_too = copies_too
        self._drawn: dict[Drawing, Future[bytes]] = {}
        self._copies: dict[str, Future[Picture]] = {}
        self._drawing, self._copying = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gulou.demo.drawing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )

    def close(self) -> None:
        """Begin nothing more, and let the process end."""
        for pool in (self._drawing, self._copying):
            pool.shutdown(cancel_futures=True)
        self._process.communicate()

    def draw_ahead(self) -> None:
        """Begin to draw what stories ask for: what is reported first is drawn first."""
        kinds = dict.fromkeys(sight.kind for sight in SIGHTS if sight.kind)
        for stage in STAGES:
            for kind in kinds:
                for scene in range(scenes(kind)):
                    self._begin(Drawing(kind, scene, stage))

    def drawn(self, one: Drawing) -> bytes:
        """The picture."""
        return self._begin(one).result()

    def _begin(self, one: Drawing) -> "Future[bytes]":
        if one not in self._drawn:
            self._drawn[one] = self._drawing.submit(self._draw, one)
        return self._drawn[one]

    def _draw(self, one: Drawing) -> bytes:
        asked, given = self._process.stdin, self._process.stdout
        if asked is None or given is None:
            raise RuntimeError("the process that draws has no pipes")
        asked.write(one.line())
        asked.flush()
        head = given.read(LENGTH.size)
        if not head:
            raise EOFError("the process that draws has ended")
        return given.read(LENGTH.unpack(head)[0])

    def copy(self, photo: Photo) -> None:
        """Begin to make the copies of a photo that was taken in, where copies are wanted."""
        if self.copies_too and photo.sha256 not in self._copies:
            self._copies[photo.sha256] = self._copying.submit(photo_jobs.read, photo)

    def copies(self, photo: Photo) -> Picture:
        """Its copies, for `photos.jobs.make_all_renditions`."""
        begun = self._copies.pop(photo.sha256, None)
        return begun.result() if begun else photo_jobs.read(photo)


@contextmanager
def darkroom(*, copies: bool) -> Iterator[Darkroom]:
    """A darkroom, closed whatever happens."""
    room = Darkroom(copies_too=copies)
    try:
        yield room
    finally:
        room.close()

"""Asks the helper that looks. It holds OpenCV and two networks, so it ends when nobody asks."""

import io
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from gulou.photos.decoding.client import Helper, Limits, Unreadable
from gulou.photos.seeing.boxes import Box
from gulou.photos.seeing.told import Found, Match, Traces

__all__ = ["Found", "Match", "Traces", "Unreadable", "burn", "compare", "find", "traces"]

# One picture after another: each takes some 300 MB, whoever asks.
_HELPER = Helper(
    "gulou.photos.seeing.helper", at_once=1, rest_seconds=15,
    limits=Limits(memory_mb=1500, cpu_seconds=12, wall_seconds=90),
)  # fmt: skip
_PATIENCE_SECONDS = 60.0


def _ask(do: str, files: Sequence[bytes], **more: Any) -> tuple[dict[str, Any], list[bytes]]:
    ask = {"do": do, "lengths": [len(file) for file in files], **more}
    content = io.BytesIO(b"".join(files))
    return _HELPER.ask(content, ask, patience=_PATIENCE_SECONDS)


def find(jpeg: bytes) -> list[Found]:
    """Faces and plates in one of our copies, the surest first. Raises Unreadable."""
    head, _ = _ask("find", [jpeg], pixels=settings.LOOK_AT_PIXELS)
    return [Found(**one) for one in head["found"]]


def burn(jpegs: Sequence[bytes], boxes: Sequence[Box], *, qualities: Sequence[int]) -> list[bytes]:
    """Each of these copies of one picture with the boxes painted over. Raises Unreadable."""
    _, made = _ask("burn", jpegs, boxes=list(boxes), qualities=list(qualities))
    return made


def compare(before: bytes, after: bytes) -> Match:
    """Do two of our copies show the same place from the same point? Raises Unreadable."""
    head, _ = _ask("compare", [before, after])
    return Match(head["inliers"], head["matches"], head["identical"])


def traces(original: bytes, copy: bytes) -> Traces:
    """Traces of editing in an original and in our copy of it. Raises Unreadable."""
    head, _ = _ask("traces", [original, copy])
    return Traces(head["editor"], head["copied"])

"""The fork server that looks: like the one that decodes, with OpenCV and the networks loaded.

Run as `python -m gulou.photos.seeing.helper FD`. It is there only while pictures are looked at.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import BinaryIO

import cv2
import numpy as np

from gulou.photos.decoding import helper
from gulou.photos.decoding.pictures import Refused
from gulou.photos.decoding.wire import Head
from gulou.photos.seeing import burn, detect, match, traces
from gulou.photos.seeing.told import Traces

_NO_MEMORY = -4
Answer = tuple[Head, list[bytes]]


def _pixels(jpeg: bytes) -> detect.Pixels:
    """Height × width × 3 in BGR. Raises Refused."""
    found = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise Refused("damaged")
    return np.asarray(found, np.uint8)


def _find(files: list[bytes], ask: Head) -> Answer:
    found = detect.find(_pixels(files[0]), pixels=ask["pixels"])
    return {"found": [asdict(one) for one in found]}, []


def _burn(files: list[bytes], ask: Head) -> Answer:
    boxes = [(box[0], box[1], box[2], box[3]) for box in ask["boxes"]]
    made = zip(files, ask["qualities"], strict=True)
    return {}, [burn.burn(file, boxes, quality=quality) for file, quality in made]


def _compare(files: list[bytes], ask: Head) -> Answer:
    before, after = (_grey(file) for file in files)
    return asdict(match.compare(before, after)), []


def _grey(jpeg: bytes) -> detect.Pixels:
    return np.asarray(cv2.cvtColor(_pixels(jpeg), cv2.COLOR_BGR2GRAY), np.uint8)


def _traces(files: list[bytes], ask: Head) -> Answer:
    """Of the original, which is only read for what it says, and of our copy of it."""
    original, copy = files
    found = Traces(traces.editor_of(original), traces.copied(_grey(copy)))
    return asdict(found), []


_WORK: dict[str, Callable[[list[bytes], Head], Answer]] = {
    "find": _find,
    "burn": _burn,
    "compare": _compare,
    "traces": _traces,
}


def warm() -> None:
    """Load everything once; a first look takes what the networks take only once."""
    cv2.setNumThreads(1)
    detect.find(np.zeros((64, 64, 3), np.uint8), pixels={"face": 4096, "plate": 4096})


def work(file: BinaryIO, ask: Head) -> Answer:
    """Do what is asked with the files that follow each other in `file`."""
    file.seek(0)
    files = [file.read(length) for length in ask["lengths"]]
    try:
        return _WORK[ask["do"]](files, ask)
    except cv2.error as error:
        if error.code == _NO_MEMORY:
            raise MemoryError from error
        raise


if __name__ == "__main__":
    helper.run(warm, work)

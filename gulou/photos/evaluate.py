"""How well faces and plates are found, against a folder of pictures with boxes drawn by hand."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import kinds
from .decoding import client as decoding
from .seeing import client as seeing
from .seeing.boxes import MARGIN, Box
from .seeing.client import Unreadable

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
KINDS = ("face", "plate")
# How much of a drawn box must lie under covers for it to count as covered.
COVERED = 0.7
# A cover that touches less than this of any drawn box is a false alarm.
_TOUCHED = 0.1
_SIZES = (16, 32, 64)
_GRID = 24
_COMMON_NAMES = {
    "face": "face", "head": "face", "person_face": "face", "plate": "plate",
    "license_plate": "plate", "license-plate": "plate", "licence_plate": "plate",
    "number_plate": "plate", "numberplate": "plate", "vehicle_plate": "plate", "lp": "plate",
}  # fmt: skip


class BadBoxes(Exception):
    """The folder's boxes cannot be read; the message says why."""


@dataclass(frozen=True)
class Truth:
    """A box drawn by hand, in parts of the upright picture, and its longer side in pixels."""

    kind: str
    box: Box
    pixels: int = 0


@dataclass
class Tally:
    """What came of one run. Counters are by kind; `by_size` by kind and the size's lower limit."""

    pictures: int = 0
    unreadable: list[str] = field(default_factory=list)
    drawn: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    pictures_with_false: int = 0
    by_size: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    missed: list[tuple[str, str, int]] = field(default_factory=list)

    def recall(self, kind: str) -> float | None:
        """Covered of all that were drawn; None where none was."""
        return self.covered[kind] / self.drawn[kind] if self.drawn[kind] else None


def evaluate(
    folder: Path, boxes: Path | None = None, *, progress: Callable[[int, int], None] | None = None
) -> Tally:
    """Look at every picture that has boxes, also at those that have none drawn in them.

    Raises BadBoxes.
    """
    truths = read_boxes(folder, boxes)
    tally = Tally()
    for number, (name, drawn) in enumerate(sorted(truths.items()), 1):
        try:
            found, size = _look(folder / name)
        except (Unreadable, OSError):
            tally.unreadable.append(name)
            continue
        _count(tally, name, [_sized(one, size) for one in drawn], found)
        if progress:
            progress(number, len(truths))
    return tally


def _look(path: Path) -> tuple[list[seeing.Found], tuple[int, int]]:
    with path.open("rb") as file:
        kind = kinds.kind_of(file.read(kinds.HEAD))
        if kind is None:
            raise Unreadable("damaged")
        picture = decoding.read_picture(file, kind=kind.code, sizes=["full"])
    return seeing.find(picture.copies[0].data), (picture.width, picture.height)


def _sized(one: Truth, size: tuple[int, int]) -> Truth:
    return Truth(one.kind, one.box, round(max(one.box[2] * size[0], one.box[3] * size[1])))


def _count(tally: Tally, name: str, drawn: list[Truth], found: list[seeing.Found]) -> None:
    tally.pictures += 1
    covers = [_widened(one.box) for one in found]
    for one in drawn:
        share = _covered_share(one.box, covers)
        by_size = tally.by_size.setdefault((one.kind, _size_class(one.pixels)), Counter())
        tally.drawn[one.kind] += 1
        by_size["drawn"] += 1
        if share >= COVERED:
            tally.covered[one.kind] += 1
            by_size["covered"] += 1
        else:
            tally.missed.append((name, one.kind, one.pixels))
    false = [
        one.kind
        for one, cover in zip(found, covers, strict=True)
        if all(_covered_share(truth.box, [cover]) < _TOUCHED for truth in drawn)
    ]
    tally.found.update(one.kind for one in found)
    tally.false.update(false)
    tally.pictures_with_false += bool(false)


def _size_class(pixels: int) -> int:
    return max((size for size in _SIZES if size <= pixels), default=0)


def _widened(box: Box) -> Box:
    x, y, width, height = box
    return (
        x - MARGIN * width, y - MARGIN * height, width * (1 + 2 * MARGIN), height * (1 + 2 * MARGIN)
    )  # fmt: skip


def _covered_share(box: Box, covers: list[Box]) -> float:
    """How much of a box lies under any cover, on a grid of points."""
    x, y, width, height = box
    points = [
        (x + width * (i + 0.5) / _GRID, y + height * (j + 0.5) / _GRID)
        for i in range(_GRID)
        for j in range(_GRID)
    ]
    under = sum(
        any(left <= px <= left + w and top <= py <= top + h for left, top, w, h in covers)
        for px, py in points
    )
    return under / len(points)


# Reading boxes.


def read_boxes(folder: Path, boxes: Path | None = None) -> dict[str, list[Truth]]:
    """Boxes by the name of the picture inside the folder: from COCO JSON, or YOLO text files.

    Raises BadBoxes.
    """
    if not folder.is_dir():
        raise BadBoxes(f"{folder} is no folder.")
    found = boxes or _coco_in(folder)
    try:
        return _coco(found) if found else _yolo(folder)
    except (KeyError, TypeError, ValueError, IndexError, OSError) as error:
        raise BadBoxes(f"The boxes cannot be read: {error!r}") from error


def _coco_in(folder: Path) -> Path | None:
    for path in sorted(folder.glob("*.json")):
        if '"annotations"' in path.read_text("utf-8", "replace"):
            return path
    return None


def _coco(path: Path) -> dict[str, list[Truth]]:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    names = {one["id"]: _kind(str(one["name"])) for one in data["categories"]}
    images = {one["id"]: one for one in data["images"]}
    truths: dict[str, list[Truth]] = {str(one["file_name"]): [] for one in images.values()}
    for one in data["annotations"]:
        image, kind = images[one["image_id"]], names[one["category_id"]]
        if kind:
            x, y, width, height = one["bbox"]
            across, down = image["width"], image["height"]
            box = (x / across, y / down, width / across, height / down)
            truths[str(image["file_name"])].append(Truth(kind, box))
    return truths


def _yolo(folder: Path) -> dict[str, list[Truth]]:
    classes = folder / "classes.txt"
    if not classes.is_file():
        raise BadBoxes(
            f"{folder} holds neither a COCO file (*.json) nor classes.txt beside YOLO text files."
        )
    names = [_kind(line) for line in classes.read_text("utf-8").split("\n") if line.strip()]
    return {
        path.relative_to(folder).as_posix(): list(_yolo_lines(path.with_suffix(".txt"), names))
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in PICTURES and path.with_suffix(".txt").is_file()
    }


def _yolo_lines(path: Path, names: list[str]) -> Iterator[Truth]:
    for line in path.read_text("utf-8").split("\n"):
        if parts := line.split():
            kind = names[int(parts[0])]
            x, y, width, height = map(float, parts[1:5])
            if kind:
                yield Truth(kind, (x - width / 2, y - height / 2, width, height))


def _kind(name: str) -> str:
    return _COMMON_NAMES.get(name.strip().lower().replace(" ", "_"), "")


def told(tally: Tally) -> list[str]:
    """The run in lines of text."""
    lines = [f"{tally.pictures} pictures"]
    for kind in KINDS:
        recall = tally.recall(kind)
        share = "–" if recall is None else f"{recall:.2f}"
        lines.append(
            f"{kind}: {tally.covered[kind]} of {tally.drawn[kind]} covered (recall {share}),"
            f" {tally.found[kind]} found, {tally.false[kind]} false alarms"
            f" ({tally.false[kind] / max(1, tally.pictures):.2f} a picture)"
        )
        for (of, size), counts in sorted(tally.by_size.items()):
            if of == kind:
                lines.append(f"  from {size} px: {counts['covered']} of {counts['drawn']}")
    lines.append(f"{tally.pictures_with_false} pictures with a false alarm")
    lines += [f"missed: {kind} of {pixels} px in {name}" for name, kind, pixels in tally.missed]
    lines += [f"could not be opened: {name}" for name in tally.unreadable]
    return lines

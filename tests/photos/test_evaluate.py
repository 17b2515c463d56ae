"""How well faces and plates are found: boxes read, covered and false ones counted."""

import json
from pathlib import Path

import pytest

from gulou.config.cli import main
from gulou.photos import evaluate
from gulou.photos.evaluate import BadBoxes, Tally, Truth
from gulou.photos.seeing.client import Found
from tests.factories.photos import make_jpeg


def coco(folder: Path, *boxes: tuple[str, list[float]]) -> Path:
    (folder / "one.jpg").write_bytes(make_jpeg(size=(400, 200)))
    (folder / "boxes.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "one.jpg", "width": 400, "height": 200}],
        "categories": [{"id": 1, "name": "Face"}, {"id": 2, "name": "license_plate"}, {"id": 3, "name": "dog"}],
        "annotations": [
            {"image_id": 1, "category_id": {"face": 1, "plate": 2, "dog": 3}[kind], "bbox": box}
            for kind, box in boxes
        ],
    }))  # fmt: skip
    return folder


def test_coco_boxes_are_read_in_parts_of_the_picture(tmp_path: Path) -> None:
    coco(tmp_path, ("face", [40, 20, 80, 100]), ("dog", [0, 0, 9, 9]))
    assert evaluate.read_boxes(tmp_path) == {"one.jpg": [Truth("face", (0.1, 0.1, 0.2, 0.5))]}


def test_yolo_boxes_are_read_from_beside_the_pictures(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("car\nplate\n")
    (tmp_path / "two.png").write_bytes(b"")
    (tmp_path / "two.txt").write_text("1 0.5 0.5 0.2 0.1\n0 0.1 0.1 0.1 0.1\n")
    ((one,),) = evaluate.read_boxes(tmp_path).values()
    assert one.kind == "plate"
    assert one.box == pytest.approx((0.4, 0.45, 0.2, 0.1))


@pytest.mark.parametrize("content", [None, "{", '{"annotations": 1}'])
def test_what_is_no_set_of_boxes_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "boxes.json").write_text(content)
    with pytest.raises(BadBoxes):
        evaluate.read_boxes(tmp_path, tmp_path / "boxes.json" if content else None)


def test_covered_missed_and_false_are_counted() -> None:
    tally, drawn = Tally(), [Truth("face", (0.1, 0.1, 0.2, 0.2), 20), Truth("plate", (0.7, 0.7, 0.1, 0.1), 40)]  # fmt: skip
    found = [Found("face", 0.11, 0.11, 0.18, 0.18, 0.9), Found("plate", 0.4, 0.4, 0.1, 0.1, 0.7)]
    evaluate._count(tally, "one.jpg", drawn, found)
    assert (tally.recall("face"), tally.recall("plate")) == (1.0, 0.0)
    assert dict(tally.false) == {"plate": 1}
    assert tally.missed == [("one.jpg", "plate", 40)]


def test_the_command_prints_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "covers", str(coco(tmp_path, ("face", [40, 20, 80, 100])))]) == 0
    told = capsys.readouterr().out
    assert "face: 0 of 1 covered (recall 0.00)" in told
    assert main(["evaluate", "covers", str(tmp_path / "nothing")]) == 2


@pytest.mark.shared
def test_the_boxes_drawn_for_the_docs_belong_to_pictures_that_are_there(shared: Path) -> None:
    boxes = Path(__file__).parent / "data" / "boxes.json"
    names = evaluate.read_boxes(shared / "photos", boxes)
    assert len(names) > 100
    assert all((shared / "photos" / name).is_file() for name in names)

"""Files of areas and places on the command line, as offices send them and as they go wrong."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from gulou.imports import commands
from gulou.imports.places import GULOU_AREAS
from gulou.outbox.models import Event
from gulou.places.models import Area, Level, NamedPlace
from gulou.places.queries import search_places

pytestmark = pytest.mark.django_db


def gulou_import(*words: object) -> int:
    parser = argparse.ArgumentParser()
    commands.add_parsers(parser.add_subparsers(required=True, dest="what"))
    asked = parser.parse_args([str(word) for word in words])
    return int(asked.import_command(asked))


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code: object, name: str, *corners: float, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring(*corners)]},
    }


DISTRICT = feature(350102, "鼓楼区", 119.28, 26.06, 119.32, 26.10)


def collection(*features: Any, **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **more}


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(content: Any, encoding: str = "utf-8") -> Path:
        path = tmp_path / "areas.geojson"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            path.write_text(text, encoding=encoding)
        return path

    return write


def district(path: Path, *more: object) -> int:
    return gulou_import("areas", path, "--level", "district", "--system", "wgs84", *more)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_it_reads_the_encodings_of_offices(file: Any, encoding: str) -> None:
    assert district(file(collection(DISTRICT), encoding)) == 0
    area = Area.objects.get()
    assert (area.code, area.name_zh, area.level.code) == ("350102", "鼓楼区", "district")
    assert len(Event.objects.get(name="area.imported").payload["file_digest"]) == 64


def test_it_reads_one_feature_and_heights(file: Any) -> None:
    solid = feature("350102", "鼓楼区", 119.28, 26.06, 119.32, 26.10)
    solid["geometry"]["coordinates"][0] = [[*p, 12.5] for p in solid["geometry"]["coordinates"][0]]
    assert district(file(solid)) == 0
    border: Any = Area.objects.get().border
    (only_ring,) = border["coordinates"][0]
    assert sorted(only_ring)[0] == [119.28, 26.06] and {len(point) for point in only_ring} == {2}


def test_it_takes_the_properties_it_is_told(file: Any) -> None:
    given = {**DISTRICT, "properties": {"MC": "鼓楼区", "DM": 350102.0, "YW": "Gulou"}}
    words = ("--code-field", "DM", "--name-field", "MC", "--name-en-field", "YW")
    assert district(file(given), *words) == 0
    area = Area.objects.get()
    assert (area.code, area.name_zh, area.name_en) == ("350102", "鼓楼区", "Gulou")


def test_it_notes_review_numbers_and_made_up_borders(file: Any) -> None:
    district(file(DISTRICT), "--review-number", "闽S(2026)1号", "--synthetic")
    area = Area.objects.get()
    assert area.review_number == "闽S(2026)1号" and area.synthetic


def test_a_dry_run_writes_nothing(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert district(file(DISTRICT), "--dry-run") == 0
    said = capsys.readouterr().out
    assert "1 added" in said and "26.0800°N 119.3000°E" in said
    assert not Area.objects.exists()


LINE = {"type": "LineString", "coordinates": [[119, 26], [120, 27]]}
SWAPPED = {"type": "Polygon", "coordinates": [[[26.06, 119.28], [26.1, 119.28], [26.1, 119.3]]]}
BROKEN: list[Any] = [
    None,
    {},
    [],
    "x",
    [[]],
    [[[119]]],
    [[["a", "b"]] * 4],
    [[[119, 26]] * 2],
    {"a": 1},
]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("this is no JSON", "not GeoJSON"),
        ("", "not GeoJSON"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        (b"\x00\x01\x02", "UTF-8"),
        ("[1, 2]", "no GeoJSON features"),
        ('{"type": "Topology"}', "no GeoJSON features"),
        (collection(), "no area"),
        (collection(None), "no code"),
        (collection({"type": "Feature", "properties": {"name": "无码区"}}), "无码区"),
        ({**DISTRICT, "geometry": None}, "350102"),
        ({**DISTRICT, "geometry": LINE}, "LineString"),
        ({**DISTRICT, "geometry": {"type": "Point", "coordinates": [119, 26]}}, "Point"),
        ({**DISTRICT, "geometry": SWAPPED}, "swapped"),
        (feature(1, "甲", 119.28, 26.06, 219.32, 26.10), "globe"),
        (
            collection(DISTRICT, feature(350102, "双胞区", 119.28, 26.06, 119.3, 26.1)),
            "more than once",
        ),
        (collection(DISTRICT, crs={"properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}), "4549"),
        *(
            ({**DISTRICT, "geometry": {"type": kind, "coordinates": broken}}, "鼓楼区")
            for kind in ("Polygon", "MultiPolygon")
            for broken in BROKEN
        ),
    ],
)
def test_it_refuses_a_bad_file_in_words(
    file: Any, capsys: pytest.CaptureFixture[str], content: Any, words: str
) -> None:
    assert district(file(content)) == 1
    assert words in capsys.readouterr().err
    assert not Area.objects.exists() and not Event.objects.filter(name="area.imported").exists()


def test_it_refuses_a_file_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert district(tmp_path / "nothing.geojson") == 1
    assert district(tmp_path) == 1
    assert "nothing.geojson" in capsys.readouterr().err


def test_it_refuses_a_system_that_nobody_knows(file: Any) -> None:
    assert gulou_import("areas", file(DISTRICT), "--level", "district", "--system", "mars") == 1


def test_the_names_and_codes_of_gulou_come_with_the_house() -> None:
    assert gulou_import("area-names") == 0
    counts = {
        code: Area.objects.filter(level__code=code).count()
        for code in ("district", "street", "community")
    }
    assert counts == {"district": 1, "street": 10, "community": 69}
    community = Area.objects.get(code="350102005008")
    assert community.name_zh == "三坊七巷社区" and community.parent is not None
    assert community.parent.name_zh == "南街街道" and community.border is None
    assert gulou_import("area-names", GULOU_AREAS) == 0
    assert Event.objects.filter(name="area.imported").count() == 80


def test_names_may_be_tried_first() -> None:
    assert gulou_import("area-names", "--dry-run") == 0
    assert not Area.objects.exists()


def test_names_keep_the_borders_that_are_there(file: Any) -> None:
    district(file(feature("350102", "演示区", 119.28, 26.06, 119.32, 26.10)))
    gulou_import("area-names")
    area = Area.objects.get(code="350102")
    assert area.name_zh == "鼓楼区" and area.border is not None


def test_names_serve_where_codes_are_not_known(
    file: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    gulou_import("area-names")
    community = Area.objects.get(code="350102005008")
    rows = (
        "level,code,name_zh,name_en,parent_code\n"
        "社区,,三坊七巷社区,Sanfang Qixiang,南街街道\n"
        "社区,350102005999,新社区,,南街街道\n"
    )
    assert gulou_import("area-names", file(rows)) == 0
    community.refresh_from_db()
    assert community.name_en == "Sanfang Qixiang"
    assert Area.objects.get(code="350102005999").parent == community.parent
    unknown = "level,name_zh,parent_code\n社区,从前社区,南街街道\n社区,三坊七巷社区,水部街道\n"
    capsys.readouterr()
    assert gulou_import("area-names", file(unknown)) == 1
    assert capsys.readouterr().err.count("name_zh") == 2
    twice = "level,code,name_zh,parent_code\n社区,350102001999,三坊七巷社区,350102001\n"
    assert gulou_import("area-names", file(twice)) == 0
    both = "level,name_zh,name_en\n社区,三坊七巷社区,Sanfang\n"
    assert gulou_import("area-names", file(both)) == 1
    community.refresh_from_db()
    assert community.name_en == "Sanfang Qixiang"


def test_it_imports_named_places(file: Any) -> None:
    rows = "名称,纬度,经度,别名,类型\n三坊七巷,26.0810,119.2975,南后街；衣锦坊,景区\n\n东街口,26.0844,119.3009,,\n"
    assert gulou_import("places", file(rows, "gb18030"), "--system", "gcj02") == 0
    found = search_places("衣锦坊")[0]
    assert found.name_zh == "三坊七巷" and found.lon == pytest.approx(119.2926, abs=5e-4)
    assert NamedPlace.objects.get(name_zh="东街口").source_system == "gcj02"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("", "lat"),
        ("name,lat\n甲,26\n", "lon"),
        ("name,lat,lon\n甲,north,119\n", "Row 2"),
        ("name,lat,lon\n甲,26,\n", "甲"),
        ("name,lat,lon\n甲,119.3,26.08\n", "甲"),
        ("name,lat,lon\n甲,nan,119\n", "甲"),
        ("name,lat,lon\n,26,119\n", "name"),
        ("name,lat,lon\n", "no place"),
    ],
)
def test_it_refuses_a_bad_list_of_places(
    file: Any, capsys: pytest.CaptureFixture[str], rows: str, words: str
) -> None:
    assert gulou_import("places", file(rows)) == 1
    assert words in capsys.readouterr().err and not NamedPlace.objects.exists()


def test_it_sets_up_a_level_of_ones_own() -> None:
    words = ("--rank", 5, "--name-zh", "议会", "--name-en", "Council", "--overlapping")
    assert gulou_import("level", "council", *words, "--dry-run") == 0
    assert not Level.objects.exists()
    assert gulou_import("level", "council", *words) == 0
    assert Level.objects.get(code="council").overlapping

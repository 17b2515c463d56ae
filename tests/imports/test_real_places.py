"""Real borders of Fuzhou, Gulou, Amsterdam and Los Angeles come in; real requests find their area.

Joined by council number and, where a council has none, by name, as the data's README says.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gulou.imports.places import Fields, read_areas, read_file
from gulou.places.coordinates import distance_m
from gulou.places.models import Area
from gulou.places.operations import (
    AreaDraft,
    AreaSource,
    Summary,
    import_areas,
    set_level,
    set_standard_levels,
)
from gulou.places.queries import locate, locate_many

pytestmark = [pytest.mark.django_db, pytest.mark.shared]


def take(path: Path, level: str, system: str, *, only: str = "", **more: Any) -> Summary:
    fields = more.pop("fields", Fields())
    drafts = read_areas(read_file(path), system=system, fields=fields, only=only)
    return import_areas(drafts, level=level, actor="system", source=AreaSource(system), **more)


@pytest.fixture(autouse=True)
def _levels(db: None) -> None:
    set_standard_levels(actor="system")


def test_gulou_from_gcj02_holds_the_places_of_gulou(shared: Path) -> None:
    take(shared / "boundaries/gulou_gcj02.geojson", "district", "gcj02")
    known = [(26.0962, 119.2852), (26.0874, 119.2959), (26.084, 119.2925), (26.0985, 119.2975)]
    for lat, lon in known:
        where = locate(lat, lon)
        assert where.inside and where.district is not None and where.district.code == "350102"
    assert not locate(26.05, 119.39).inside


def test_gulou_can_be_taken_from_all_of_fuzhou(shared: Path) -> None:
    path = shared / "boundaries/fuzhou_districts_gcj02.geojson"
    assert take(path, "district", "gcj02", only="350102").added == 1
    area = Area.objects.get()
    assert distance_m(area.centre_lat or 0, area.centre_lon or 0, 26.09, 119.29) < 3000


def test_all_of_fuzhou_comes_in_repaired_and_told_again_changes_nothing(shared: Path) -> None:
    set_level("county", rank=6, name_zh="区县", name_en="County", actor="system")
    path = shared / "boundaries/fuzhou_districts_gcj02.geojson"
    summary = take(path, "county", "gcj02")
    assert summary.added == 13 and summary.repairs
    for area in Area.objects.all():
        assert shapely.from_geojson(json.dumps(area.border)).is_valid
    assert take(path, "county", "gcj02").same == 13


def ewkt(row: dict[str, Any]) -> Any:
    return shapely.from_wkt(row["wkb_geometry"].removeprefix("SRID=4326;"))


def test_amsterdams_quarters_lie_in_their_boroughs(shared: Path) -> None:
    boroughs = json.loads((shared / "routing/stadsdeel.json").read_text())
    quarters = json.loads((shared / "routing/buurten.json").read_text())
    coarse = [
        AreaDraft(r["fields"]["code"], r["fields"]["naam"], geometry=ewkt(r["fields"]))
        for r in boroughs
    ]
    fine = [
        AreaDraft(r["fields"]["vollcode"], r["fields"]["naam"], geometry=ewkt(r["fields"]))
        for r in quarters
    ]
    assert import_areas(coarse, level="street", actor="system").added == 8
    assert import_areas(fine, level="community", actor="system").added == 481
    # The code of a quarter begins with the letter of its borough: found by the ground alone.
    for code, parent in Area.objects.filter(level__code="community").values_list(
        "code", "parent__code"
    ):
        assert parent == code[0]
    where = locate(52.3731, 4.8926)
    assert where.street is not None and where.street.name_zh == "Centrum"
    assert import_areas(fine, level="community", actor="system").same == 481


def plain(name: str) -> str:
    """WILMINGTON NC and Wilmington are one name."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"\b(nc|cc|area)\b", "", name.lower()))


def test_locate_agrees_with_the_city_of_los_angeles(shared: Path) -> None:
    set_level(
        "council", rank=5, name_zh="邻里议会", name_en="Council", overlapping=True, actor="system"
    )
    path = shared / "cases/losangeles/councils.geojson"
    fields = Fields(code="GlobalID", name="Name")
    summary = take(path, "council", "wgs84", fields=fields)
    # Of its hundred features, Westwood is there twice.
    assert summary.added == 99 and "Westwood" in summary.notes[-1]
    features = json.loads(path.read_text())["features"]
    numbers = {f["properties"]["GlobalID"]: f["properties"]["nc_id"] for f in features}
    areas = {area.pk: area for area in Area.objects.filter(level__code="council")}
    rows = [row for row in requests(shared) if row["NCName"] and row["Latitude"]]
    assert len(rows) == 8786
    points = np.array([(float(row["Longitude"]), float(row["Latitude"])) for row in rows])
    found = locate_many(points, level="council").tolist()

    def agrees(row: dict[str, str], area_id: int) -> bool:
        area = areas.get(area_id)
        if area is None:
            return False
        number = numbers[area.code]
        if number in (None, "0"):
            return plain(area.name_zh) == plain(row["NCName"])
        return str(number) == row["NC"]

    right = sum(agrees(row, area_id) for row, area_id in zip(rows, found, strict=True))
    print(f"{right} of {len(rows)} agree: {right / len(rows):.2%}")
    assert right / len(rows) >= 0.98
    for row, area_id in list(zip(rows, found, strict=True))[::50]:
        chain = locate(float(row["Latitude"]), float(row["Longitude"])).chain
        assert [ref.id for ref in chain] == ([area_id] if area_id != -1 else [])


def requests(shared: Path) -> list[dict[str, str]]:
    with (shared / "cases/losangeles/requests_2018.csv").open(newline="") as file:
        return list(csv.DictReader(file))

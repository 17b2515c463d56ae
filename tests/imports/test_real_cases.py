"""The worked examples of docs/mappings: three real sets come in, whole, and twice changes nothing."""

import csv
import gzip
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from gulou.cases.models import Case, Origin, Report
from gulou.catalogue.operations import load_shipped
from gulou.imports.founding import found
from gulou.imports.past.mapping import read_mapping
from gulou.imports.past.taking import Outcome, import_cases
from gulou.imports.places import Fields, dissolved, read_areas, read_file
from gulou.outbox.audit import audit
from gulou.people.models import Unit
from gulou.places.operations import (
    AreaDraft,
    AreaSource,
    import_areas,
    set_level,
    set_standard_levels,
)
from tests.conftest import SOAK
from tests.imports.test_founding import OFFICE

pytestmark = [pytest.mark.django_db, pytest.mark.shared]

MAPPINGS = Path(__file__).resolve().parents[2] / "docs" / "mappings"


@pytest.fixture(autouse=True)
def _office(db: None) -> None:
    found(OFFICE)
    load_shipped(by="system")
    set_standard_levels(actor="system")


def take(path: Path, mapping: str, **more: Any) -> Outcome:
    return import_cases(path, read_mapping(MAPPINGS / f"{mapping}.toml"), actor="system", **more)


def a_district(code: str) -> None:
    import_areas([AreaDraft(code, code)], level="district", actor="system")


def beginning(path: Path, lines: int, into: Path) -> Path:
    """A file like this one that ends after so many lines, packed where this one is."""
    opened = gzip.open if path.suffix == ".gz" else open
    short = into / path.name
    with opened(path, "rb") as whole, opened(short, "wb") as part:
        part.writelines(islice(whole, 1 + lines))
    return short


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_los_angeles_lies_where_the_city_says(shared: Path, tmp_path: Path) -> None:
    file = read_file(shared / "cases/losangeles/councils.geojson")
    drafts = read_areas(file, system="wgs84", fields=Fields(code="nc_id,GlobalID", name="Name"))
    whole = dissolved(drafts, "Los Angeles")
    import_areas([whole], level="district", actor="system", source=AreaSource())
    set_level(
        "street", rank=1, name_zh="邻里议会", name_en="Council", overlapping=True, actor="system"
    )
    import_areas(drafts, level="street", actor="system", source=AreaSource())
    path = shared / "cases/losangeles/requests_2018.csv"
    short = beginning(path, 1000, tmp_path)
    planned = take(short, "losangeles", dry_run=True)
    assert Case.objects.count() == 0
    with transaction.atomic():
        done = take(short, "losangeles")
        transaction.set_rollback(True)
    assert (planned.added, planned.rejected) == (done.added, done.rejected)
    outcome = take(path, "losangeles")
    told = outcome.agreement["street"]
    print(told, outcome.rejected)
    assert told.compared == 8786 and told.agree / told.compared >= 0.98
    # What the summary says is what stands in the rows.
    assert Case.objects.count() == outcome.added
    assert outcome.added + outcome.rejected.total() == 10_000
    assert Case.objects.filter(street=None).count() < outcome.added * 0.1


def test_pingshan_has_every_row_under_its_street_and_unit(shared: Path) -> None:
    a_district("坪山区")
    path = shared / "cases/pingshan/handout_to_2018-09.csv"
    outcome = take(path, "pingshan")
    given = rows(path)
    assert (outcome.added, outcome.rejected.total()) == (3981, 0)
    office = Unit.objects.get(is_office=True).name_zh

    streets = Counter(row["STREET_NAME"] for row in given)
    ours = Counter(name or "-" for name in Case.objects.values_list("street__name_zh", flat=True))
    assert ours == streets
    communities = Counter(row["COMMUNITY_NAME"] for row in given)
    ours = Counter(
        name or "-" for name in Case.objects.values_list("community__name_zh", flat=True)
    )
    assert ours == communities
    units = Counter(row["DISPOSE_UNIT_NAME"] for row in given)
    ours = Counter(Case.objects.values_list("unit__name_zh", flat=True))
    assert ours == Counter({office if k == "-" else k: v for k, v in units.items()})
    kinds = Counter((row["MAIN_TYPE_NAME"], row["SUB_TYPE_NAME"]) for row in given)
    filed = Counter(Case.objects.values_list("category__parent__name_zh", "category__name_zh"))
    assert filed == kinds
    flags = {"1": True, "0": False}
    assert Counter(Origin.objects.values_list("on_time", flat=True)) == Counter(
        flags.get(row["INTIME_ARCHIVE_NUM"]) for row in given
    )
    again = take(path, "pingshan")
    assert (again.added, again.same, again.made.units) == (0, 3981, [])


# Lines and cases of Chicago's file, as far as it is read. `make soak` reads all of it.
CHICAGO, CASES = (37_230, 37_200) if SOAK else (6_000, 5_990)


@pytest.mark.django_db(transaction=True)
def test_chicago_comes_in_and_its_record_holds(shared: Path, tmp_path: Path) -> None:
    a_district("Chicago")
    path = shared / "cases/chicago/sanitation_2000_2012.csv.gz"
    outcome = take(beginning(path, CHICAGO, tmp_path), "chicago")
    print(outcome.rejected)
    assert outcome.lines == CHICAGO
    assert outcome.added >= CASES and outcome.added == Case.objects.count()
    assert Report.objects.count() == outcome.added
    assert outcome.rejected.total() + outcome.same + outcome.added == CHICAGO
    assert list(audit()) == []

"""Measuring suggested duplicates: what counts as right, and that the city's flags are still found."""

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gulou.config.cli import main
from gulou.imports.past.duplicates import Curve, drawing, evaluate, sentences
from gulou.imports.past.mapping import read_mapping
from gulou.kit.errors import Invalid

MAPPINGS = Path(__file__).resolve().parents[2] / "docs" / "mappings"
HEAD = "no,at,done,kind,lat,lon,place,dup,of"
MAPPING = """
system = "x"
time_zone = "Asia/Shanghai"
[columns]
number = "no"
opened = "at"
ended = "done"
address = "place"
lat = "lat"
lon = "lon"
[categories]
columns = ["kind"]
[duplicates]
"""


def measured(tmp_path: Path, *lines: str, says: str = 'parent = "of"', **more: Any) -> Curve:
    (tmp_path / "file.csv").write_text("\n".join([HEAD, *lines]), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING + says, encoding="utf-8")
    return evaluate(tmp_path / "file.csv", read_mapping(tmp_path / "mapping.toml"), **more)


FIRST = "1,2026-11-01T08:00,,a,26.07,119.29,x,,"
SAME = "2,2026-11-01T12:00,,a,26.07,119.29,x,yes,1"
AGAIN = "3,2026-11-02T12:00,,a,26.07,119.29,x,yes,2"
FAR = "4,2026-11-02T13:00,,a,26.09,119.29,z,,"


def test_a_suggestion_is_right_where_both_repeat_the_same(tmp_path: Path) -> None:
    shown = measured(tmp_path, FAR, AGAIN, SAME, FIRST).chosen
    assert (shown.reports, shown.flagged, shown.found, shown.asked) == (4, 2, 2, 2)
    assert (shown.shown, shown.right, shown.recall, shown.precision) == (3, 3, 1.0, 1.0)


def test_what_comes_later_or_had_ended_is_not_suggested(tmp_path: Path) -> None:
    ended = FIRST.replace("08:00,", "08:00,2026-11-01T09:00")
    curve = measured(tmp_path, ended, SAME)
    assert (curve.chosen.flagged, curve.chosen.found, curve.chosen.asked) == (1, 0, 0)
    before = measured(
        tmp_path, SAME.replace(",yes,1", ",yes,9"), "9,2026-11-03,,a,26.07,119.29,x,,"
    )
    assert (before.chosen.found, before.orphans) == (0, 1)


def test_a_suggestion_of_something_else_is_wrong(tmp_path: Path) -> None:
    other = "5,2026-11-01T09:00,,a,26.0701,119.29,y,,"
    shown = measured(tmp_path, other, SAME).chosen
    assert (shown.found, shown.asked, shown.recall, shown.precision) == (0, 1, 0.0, 0.0)


def test_without_a_parent_what_shares_its_cells_is_right(tmp_path: Path) -> None:
    says = 'column = "dup"\nvalues = ["yes"]\nsame = ["place"]\ndays = 1'
    assert measured(tmp_path, FIRST, SAME, says=says).chosen.found == 1
    assert measured(tmp_path, FIRST, AGAIN.replace("02T12", "04T12"), says=says).chosen.found == 0


def test_only_the_days_asked_for_are_counted_and_all_before_remembered(tmp_path: Path) -> None:
    shown = measured(tmp_path, FIRST, SAME, AGAIN, since=date(2026, 11, 2)).chosen
    assert (shown.reports, shown.found) == (1, 1)
    assert measured(tmp_path, FIRST, SAME, AGAIN, before=date(2026, 11, 2)).chosen.reports == 2


def test_lines_without_place_are_told_and_left(tmp_path: Path) -> None:
    assert measured(tmp_path, FIRST, "8,2026-11-01,,a,,,x,,").left == 1


def test_a_mapping_without_the_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="duplicates"):
        measured(tmp_path, FIRST, says="")
    with pytest.raises(Invalid, match="nothing"):
        measured(tmp_path, FIRST, says='parent = "nothing"')


def test_the_command_prints_the_table_and_draws_it(tmp_path: Path, capsys: Any) -> None:
    curve = measured(tmp_path, FIRST, SAME)
    svg = tmp_path / "curve.svg"
    asked = ["evaluate", "duplicates", str(tmp_path / "file.csv"), "--svg", str(svg)]
    assert main([*asked, "--mapping", str(tmp_path / "mapping.toml")]) == 0
    assert "100.0%" in capsys.readouterr().out
    assert svg.read_text() == drawing([("as in the file", curve)])
    assert main([*asked, "--mapping", str(tmp_path / "none.toml")]) == 1


@pytest.mark.shared
def test_what_chicago_has_flagged_is_found(shared: Path, tmp_path: Path) -> None:
    mapping = read_mapping(MAPPINGS / "chicago.toml")
    part = tmp_path / "part.csv"
    whole = shared / "cases" / "chicago" / "sanitation_2000_2012.csv.gz"
    with gzip.open(whole, "rt", newline="") as file, part.open("w", newline="") as out:
        writer = csv.writer(out)
        for n, row in enumerate(csv.reader(file)):
            if n == 0 or "2012-02-15" <= row[0] < "2012-04-15":
                writer.writerow(row)
    exact = evaluate(part, mapping, since=date(2012, 3, 1)).chosen
    assert exact.flagged > 100
    assert exact.recall >= 0.98 and exact.precision >= 0.6 and exact.per_report < 0.2
    telephones = evaluate(part, mapping, since=date(2012, 3, 1), scatter_m=15).chosen
    assert telephones.recall >= 0.95 and telephones.per_report < 0.3
    assert "recall" in "\n".join(sentences(Curve([exact]), mapping))

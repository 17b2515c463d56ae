"""Tables of units and people, as offices send them and as they go wrong."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from gulou.imports.founding import found
from gulou.outbox.models import Event
from gulou.people.models import Posting, Unit, User
from tests.imports.test_founding import OFFICE
from tests.imports.test_import_places import gulou_import

pytestmark = pytest.mark.django_db

Write = Callable[..., Path]

UNITS = """\
code,kind,name_zh,name_en,parent_code,phone
S01C1,社区,榕下社区,Rongxia,S01,
S01,street,榕荫街道,Rongyin Street,,0591-00000001
D01,department,环卫中心,Sanitation,,
"""
PEOPLE = """\
username,name,role,unit_code,phone
lin,林小榕,street_worker,S01,13800000000
lin,林小榕,核查员,D01,
chen,陈建安,crew,D01,
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "table.csv"
        path.write_text(text, encoding=encoding)
        return path

    return file


@pytest.fixture
def office() -> Unit:
    found(OFFICE)
    return Unit.objects.get(is_office=True)


def test_units_hang_in_their_tree_whatever_their_order(office: Unit, write: Write) -> None:
    assert gulou_import("units", write(UNITS)) == 0
    community = Unit.objects.get(code="S01C1")
    assert community.parent and community.parent.code == "S01"
    assert community.parent.parent == office
    assert (community.kind, community.path.count(".")) == ("community", 3)
    assert community.parent.phone == "0591-00000001"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_both_encodings_of_offices_are_read(office: Unit, write: Write, encoding: str) -> None:
    assert gulou_import("units", write(UNITS, encoding)) == 0
    assert Unit.objects.get(code="S01").name_zh == "榕荫街道"


@pytest.mark.parametrize(("what", "text"), [("units", UNITS), ("people", PEOPLE)])
def test_the_same_file_twice_changes_nothing(
    office: Unit, write: Write, capsys: pytest.CaptureFixture[str], what: str, text: str
) -> None:
    gulou_import("units", write(UNITS))
    gulou_import(what, write(text))
    facts = Event.objects.count()
    capsys.readouterr()
    assert gulou_import(what, write(text)) == 0
    assert Event.objects.count() == facts
    assert "0 added, 0 changed, 3 as before." in capsys.readouterr().out


def test_a_new_name_a_new_parent_and_a_new_number_are_taken(office: Unit, write: Write) -> None:
    gulou_import("units", write(UNITS))
    changed = UNITS.replace("榕下", "榕上").replace("Rongxia,S01,", "Rongshang,D01,0591-2")
    assert gulou_import("units", write(changed)) == 0
    unit = Unit.objects.get(code="S01C1")
    assert (unit.name_zh, unit.name_en, unit.phone) == ("榕上社区", "Rongshang", "0591-2")
    assert unit.parent and unit.parent.code == "D01"


def test_mistakes_are_named_by_row_and_column_and_nothing_happens(
    office: Unit, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "code,kind,name_zh,parent_code\nA,department,甲,\nB,planet,乙,\nC,department,丙,NONE\n"
    assert gulou_import("units", write(text)) == 1
    said = capsys.readouterr().err
    assert "Row 3, column kind: There is no “planet”." in said
    assert "Row 4, column parent_code: There is no “NONE”." in said
    assert Unit.objects.count() == 1


def test_units_in_a_circle_are_refused(office: Unit, write: Write) -> None:
    text = "code,kind,name_zh,parent_code\nA,department,甲,B\nB,department,乙,A\n"
    assert gulou_import("units", write(text)) == 1
    assert Unit.objects.count() == 1


def test_a_missing_column_is_named(
    office: Unit, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gulou_import("people", write("username,name\nlin,林\n")) == 1
    assert "Missing: role, unit_code" in capsys.readouterr().err


def test_the_template_is_a_file_without_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert gulou_import("people", "--template") == 0
    assert capsys.readouterr().out == "username,name,role,unit_code,phone,email,since,until\n"


def test_a_dry_run_writes_nothing(
    office: Unit, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Event.objects.count()
    assert gulou_import("units", write(UNITS), "--dry-run") == 0
    assert "3 added" in capsys.readouterr().out
    assert Event.objects.count() == before


def test_before_the_office_there_are_no_units(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gulou_import("units", write(UNITS)) == 1
    assert "gulou found" in capsys.readouterr().err


class TestPeople:
    @pytest.fixture(autouse=True)
    def _units(self, office: Unit, write: Write) -> None:
        gulou_import("units", write(UNITS))

    def test_they_are_enrolled_and_posted(self, write: Write) -> None:
        assert gulou_import("people", write(PEOPLE)) == 0
        lin = User.objects.get(username="lin")
        assert (lin.display_name, lin.phone) == ("林小榕", "13800000000")
        held = lin.postings.values_list("role__code", "unit__code").order_by("pk")
        assert list(held) == [("street_worker", "S01"), ("rechecker", "D01")]
        assert lin.must_change_password

    def test_first_passwords_go_to_a_file_of_the_owner_alone(
        self, write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "passwords.csv"
        assert gulou_import("people", write(PEOPLE), "--passwords", out) == 0
        lines = dict(line.split(",") for line in out.read_text().splitlines())
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert set(lines) == {"lin", "chen"}
        assert User.objects.get(username="chen").check_password(lines["chen"])
        assert lines["chen"] not in capsys.readouterr().out

    def test_a_file_of_passwords_is_never_written_over(self, write: Write, tmp_path: Path) -> None:
        out = tmp_path / "passwords.csv"
        out.write_text("kept")
        assert gulou_import("people", write(PEOPLE), "--passwords", out) == 1
        assert out.read_text() == "kept"
        assert not User.objects.filter(username="lin").exists()

    def test_a_dry_run_shows_no_passwords(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        capsys.readouterr()
        assert gulou_import("people", write(PEOPLE), "--dry-run") == 0
        assert "chen," not in capsys.readouterr().out
        assert not User.objects.filter(username="chen").exists()

    def test_days_begin_and_end_a_posting(self, write: Write) -> None:
        text = "username,name,role,unit_code,since,until\nye,叶,crew,D01,2026/1/2,{}\n"
        assert gulou_import("people", write(text.format(""))) == 0
        assert gulou_import("people", write(text.format("2027-01-31"))) == 0
        posting = Posting.objects.get(user__username="ye")
        assert f"{posting.since} {posting.until}" == "2026-01-02 2027-01-31"

    def test_mistakes_name_row_and_column(
        self, write: Write, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = "username,name,role,unit_code,since\nye,叶,king,D01,\nhe,何,crew,D01,soon\n"
        assert gulou_import("people", write(text)) == 1
        said = capsys.readouterr().err
        assert "Row 2, column role" in said
        assert "Row 3, column since: Write the day as 2026-11-23." in said

"""Cases of other systems: what the mapping says, what is refused, stopped and begun again."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from gulou.cases.models import Case, Origin, Report, Step
from gulou.cases.operations import handle_case
from gulou.cases.queries import Filters, chips
from gulou.cases.states import State
from gulou.imports.past import taking
from gulou.imports.past.mapping import read_mapping
from gulou.imports.past.taking import Outcome, import_cases
from gulou.kit.errors import Conflict, Invalid
from gulou.outbox.audit import audit
from gulou.outbox.models import Delivery, Event
from gulou.people.models import Unit
from tests.conftest import Cast, District, Kinds
from tests.imports.test_import_places import gulou_import

pytestmark = pytest.mark.django_db

MAPPING = """
system = "old"
time_zone = "Asia/Shanghai"
empty = ["-"]
[columns]
number = "编号"
opened = "时间"
ended = "办结"
words = "描述"
lat = "纬度"
lon = "经度"
[categories]
columns = ["类别"]
[categories.values]
"垃圾" = "event.01.02"
[units]
column = "单位"
make = "department"
[states]
column = "状态"
[states.values]
"办结" = "closed"
"在办" = "handling"
"新" = "received"
[on_time]
column = "按时"
yes = ["是"]
no = ["否"]
"""
HEAD = "编号,时间,办结,描述,纬度,经度,类别,单位,状态,按时"
CLOSED = "A1,2024-03-01 08:00,2024-03-02 09:30,路边有垃圾,26.07,119.29,垃圾,环卫所,办结,是"
HANDLING = "A2,2024-03-01 08:00,-,=HYPERLINK(1),26.07,119.31,垃圾,环卫所,在办,-"
NEW = "A3,2024-03-01 08:00,,,26.07,119.31,垃圾,-,新,"

Write = Callable[..., Path]
Take = Callable[..., Outcome]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def file(*lines: str, name: str = "cases.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        raw = "\n".join((HEAD, *lines)).encode(encoding)
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return file


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.fixture
def take(cast: Cast, kinds: Kinds, write: Write, mapping: Path) -> Take:
    def run(*lines: str, dry_run: bool = False, **file: Any) -> Outcome:
        return import_cases(
            write(*lines, **file), read_mapping(mapping), actor="system", dry_run=dry_run
        )

    return run


def test_a_closed_case_keeps_what_the_other_system_knew(take: Take, land: District) -> None:
    outcome = take(CLOSED)
    assert (outcome.added, outcome.states, outcome.made.units) == (1, {"closed": 1}, ["环卫所"])
    case = Case.objects.get()
    assert (case.state, case.street_id, case.unit.name_zh) == ("closed", land.west.pk, "环卫所")
    # Times of the file are those of its zone.
    assert case.opened_at == datetime(2024, 3, 1, 0, 0, tzinfo=UTC)
    assert case.ended_at == datetime(2024, 3, 2, 1, 30, tzinfo=UTC)
    assert case.number.startswith("2024-") and case.summary == "" and case.due_at is None
    origin = Origin.objects.get(case=case)
    assert (origin.system, origin.number, origin.on_time) == ("old", "A1", True)
    report = Report.objects.get(case=case)
    assert (report.words.text, report.channel, report.contact) == ("路边有垃圾", "import", None)
    step = Step.objects.get(case=case)
    assert (step.started_at, step.ended_at, step.outcome) == (
        case.opened_at, case.ended_at, "closed",
    )  # fmt: skip


def test_an_open_case_goes_on_here_with_a_clock_that_begins_now(take: Take, cast: Cast) -> None:
    before = datetime.now(UTC)
    take(HANDLING, NEW)
    case = Case.objects.get(state="handling")
    assert case.step and case.step.kind == "handle" and case.step.unit == case.unit
    assert case.due_at and case.due_at > before and case.step.started_at >= before
    received = Case.objects.get(state="received")
    assert (received.unit, received.step_unit) == (cast.office, cast.office)
    # It is a case like any other from here on.
    handle_case(case, by=cast.guo, words="已清理")
    case.refresh_from_db()
    assert case.state == State.HANDLED
    assert list(audit()) == []


def test_facts_are_linked_counts_hold_and_nobody_is_told(take: Take, cast: Cast) -> None:
    take(CLOSED, HANDLING, NEW)
    assert list(audit()) == []
    names = Event.objects.filter(name__endswith="imported").exclude(name__startswith="area")
    assert (
        sorted(names.values_list("name", flat=True))
        == ["case.imported"] * 3 + ["report.imported"] * 3
    )
    assert "路边有垃圾" not in str(list(Event.objects.values_list("payload", flat=True)))
    assert not Delivery.objects.filter(event__in=names).exists()
    counts = chips(cast.guo, Filters())
    assert (counts["closed"], counts["handling"], counts["open"], counts["all"]) == (1, 1, 2, 3)


def test_the_same_file_twice_changes_nothing(take: Take) -> None:
    take(CLOSED, NEW)
    facts = Event.objects.count()
    again = take(CLOSED, NEW)
    assert (again.added, again.same, again.made.units) == (0, 2, [])
    assert Event.objects.count() == facts


def test_a_dry_run_answers_the_same_and_writes_nothing(take: Take) -> None:
    facts = Event.objects.count()
    planned = take(CLOSED, NEW, "A9,soon,,,26,119,垃圾,,新,", dry_run=True)
    assert (Case.objects.count(), Event.objects.count()) == (0, facts)
    assert not Unit.objects.filter(name_zh="环卫所").exists()
    done = take(CLOSED, NEW, "A9,soon,,,26,119,垃圾,,新,")
    assert (planned.added, planned.rejected) == (done.added, done.rejected) == (2, done.rejected)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",2024-03-01,,,26.07,119.29,垃圾,,新,", "It has no number."),
        ("B,,,,26.07,119.29,垃圾,,新,", "It does not say when it was opened."),
        ("B,01/02/2024,,,26.07,119.29,垃圾,,新,", "A time cannot be read."),
        ("B,2099-03-01,,,26.07,119.29,垃圾,,新,", "A time is in the future."),
        ("B,2024-03-02,2024-03-01,,26.07,119.29,垃圾,,办结,", "It ended before it was opened."),
        ("B,2024-03-01,,,,,垃圾,,新,", "It has no coordinates."),
        ("B,2024-03-01,,,nan,119.29,垃圾,,新,", "Its coordinates cannot be read."),
        ("B,2024-03-01,,,260.7,119.29,垃圾,,新,", "Its coordinates cannot be read."),
        ("B,2024-03-01,,,27.07,119.29,垃圾,,新,", "The place is outside the district."),
        ("B,2024-03-01,,,26.07,119.29,噪声,,新,", "The mapping does not know its category."),
        ("B,2024-03-01,,,26.07,119.29,垃圾,,作废,", "The mapping does not know its state."),
        (f"B,2024-03-01,,{'长' * 2001},26.07,119.29,垃圾,,新,", "Its words are too long."),
        ("A1,2024-03-01 08:00,,别的话,26.07,119.29,垃圾,,新,",
         "Its number came before with other content."),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_taken_says_why_and_holds_up_no_other(
    take: Take, line: str, reason: str
) -> None:
    outcome = take(CLOSED, line, NEW)
    assert (outcome.added, dict(outcome.rejected)) == (2, {reason: 1})


def test_what_was_stopped_is_begun_again_and_loses_nothing(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "BATCH", 2)
    lines = [CLOSED.replace("A1,", f"N{n},") for n in range(7)]

    def killed(lines: Iterator[Any]) -> Iterator[Any]:
        for n, batch in enumerate(whole(lines)):
            if n == 2:
                raise KeyboardInterrupt
            yield batch

    whole = taking._batches
    monkeypatch.setattr(taking, "_batches", killed)
    with pytest.raises(KeyboardInterrupt):
        take(*lines)
    assert Case.objects.count() == 4
    monkeypatch.setattr(taking, "_batches", whole)
    outcome = take(*lines)
    assert (outcome.added, outcome.same, Case.objects.count()) == (3, 4, 7)


def test_the_encoding_is_found_and_packed_files_are_read(take: Take) -> None:
    assert take(CLOSED, encoding="gb18030", name="a.csv").added == 1
    assert take(CLOSED, NEW, encoding="utf-8-sig", name="b.csv.gz").added == 1
    assert Report.objects.order_by("pk")[0].words.text == "路边有垃圾"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK\x03\x04rest", "file.kind"),
        (b"<html><table><tr><td>x", "file.kind"),
        (b"a,b\n\0\0", "file.encoding"),
        (b"\xff\xfe\xff,\x80\n", "file.encoding"),
        ("编号,编号\n1,2\n".encode(), "file.columns"),
        (b"x,y\n1,2\n", "mapping.columns"),
        (gzip.compress(b"x,y\n1,2\n" * 100, mtime=0)[:-20], "file.unreadable"),
    ],
)
def test_a_file_of_the_wrong_kind_is_refused_whole(
    cast: Cast, kinds: Kinds, mapping: Path, tmp_path: Path, raw: bytes, code: str
) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(raw)
    with pytest.raises(Invalid) as refused:
        import_cases(path, read_mapping(mapping), actor="system")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('system = "old"', "", "system"),
        ("Asia/Shanghai", "Asia/Gulou", "time_zone"),
        ("[place]", "[place", "mapping.toml"),
        ('"closed"', '"done"', "“done”"),
        ("column = ", "colum = ", "“colum”"),
        ('number = "编号"', "", "number"),
        ("event.01.02", "event.99.99", "event.99.99"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_with_the_place(
    cast: Cast, kinds: Kinds, write: Write, mapping: Path, old: str, new: str, told: str
) -> None:
    mapping.write_text((MAPPING + "[place]\n").replace(old, new), encoding="utf-8")
    with pytest.raises(Invalid) as refused:
        import_cases(write(CLOSED), read_mapping(mapping), actor="system")
    assert told in str(refused.value.message)


def test_two_imports_of_one_system_do_not_run_at_once(take: Take, cast: Cast) -> None:
    given = connection.get_connection_params()
    with psycopg.connect(**{k: given[k] for k in ("dbname", "user", "host", "port")}) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('gulou-import-old'))")
        with pytest.raises(Conflict):
            take(CLOSED)
    assert take(CLOSED).added == 1


def test_the_command_tells_and_writes_what_it_did_not_take(
    cast: Cast, kinds: Kinds, write: Write, mapping: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    rejects = tmp_path / "rejects.csv"
    odd = "B,2024-03-01,,,,,垃圾,,新,"
    path = write(CLOSED, odd)
    assert gulou_import("cases", path, "--mapping", mapping, "--rejects", rejects) == 0
    told = capsys.readouterr().out
    assert "2 lines read." in told and "1 added, 0 here before, 1 not taken." in told
    head, line = rejects.read_text(encoding="utf-8-sig").splitlines()
    assert head.startswith(HEAD) and line.startswith(odd) and "no coordinates" in line
    assert rejects.stat().st_mode & 0o077 == 0
    mended = tmp_path / "mended.csv"
    mended.write_text(
        rejects.read_text(encoding="utf-8-sig").replace(",,,,,垃", ",,,26.07,119.29,垃")
    )
    assert gulou_import("cases", mended, "--mapping", mapping) == 0
    assert Case.objects.count() == 2

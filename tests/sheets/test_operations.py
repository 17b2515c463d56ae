"""A file on its way: dry run, confirmation, the second time, two at once, and what stays."""

import threading
from datetime import timedelta
from io import BytesIO
from unittest import mock

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction

from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotFound, Refusal
from gulou.outbox.models import Event
from gulou.people import operations as people
from gulou.people.models import Unit, User
from gulou.sheets import jobs, operations, queries
from gulou.sheets.models import Sheet
from gulou.sheets.registers import REGISTERS
from gulou.sheets.states import State
from gulou.sheets.writing import write_book
from tests.conftest import Cast
from tests.sheets.conftest import applied, book, bring, csv, taken_out, tried

pytestmark = pytest.mark.django_db

UNIT = ["编码", "类型", "名称"]
PERSON = ["登录名", "姓名", "角色", "单位"]
NEW = [UNIT, ["X", "部门", "甲"]]


def test_a_dry_run_writes_nothing(cast: Cast, boss: User) -> None:
    before = Event.objects.count()
    report = tried("units", book(NEW), by=boss)
    assert (report.added, report.fits) == (1, True)
    assert not Unit.objects.filter(code="X").exists()
    assert Event.objects.count() == before


def test_one_mistake_and_nothing_is_applied(cast: Cast, boss: User) -> None:
    sheet = bring("units", book([*NEW, ["Y", "星球", "乙"]]), by=boss)
    with pytest.raises(Refusal):
        operations.apply_sheet(sheet, by=boss)
    assert not Unit.objects.filter(code="X").exists()


def test_it_is_on_record_and_the_file_is_gone(cast: Cast, boss: User) -> None:
    sheet = bring("units", book(NEW), by=boss)
    path = sheet.path
    assert default_storage.exists(path)
    with mock.patch.object(transaction, "on_commit", lambda call: call()):
        operations.apply_sheet(sheet, by=boss)
    event = Event.objects.get(name="sheet.applied")
    assert (event.actor, event.payload["added"]) == (boss.actor, 1)
    assert not default_storage.exists(path)
    assert operations.apply_sheet(sheet, by=boss).state == State.APPLIED
    assert Event.objects.filter(name="unit.created").count() == 1


def test_the_same_file_twice_has_nothing_to_apply(cast: Cast, boss: User) -> None:
    applied("units", book(NEW), by=boss)
    sheet = bring("units", book(NEW), by=boss)
    assert queries.report_of(sheet).same == 1
    with pytest.raises(Refusal):
        operations.apply_sheet(sheet, by=boss)


def test_what_somebody_changed_meanwhile_wants_another_dry_run(cast: Cast, boss: User) -> None:
    sheet = bring("units", book([UNIT, ["W", "街镇", "新名"]]), by=boss)
    people.rename_unit(cast.street, name_zh="别名", name_en="Other", by=None)
    with pytest.raises(Conflict):
        operations.apply_sheet(sheet, by=boss)
    cast.street.refresh_from_db()
    assert cast.street.name_zh == "别名"
    report = queries.report_of(queries.sheet_of(boss, sheet.uid))
    assert report.overtaken
    assert report.steps[0].changes == [("name_zh", "别名", "新名")]
    operations.apply_sheet(sheet, by=boss)
    cast.street.refresh_from_db()
    assert cast.street.name_zh == "新名"


def test_what_somebody_changed_beside_it_does_not_matter(cast: Cast, boss: User) -> None:
    sheet = bring("units", book(NEW), by=boss)
    people.rename_unit(cast.street, name_zh="别名", name_en="Other", by=None)
    assert operations.apply_sheet(sheet, by=boss).state == State.APPLIED


def test_first_passwords_are_taken_once_and_kept_sealed(cast: Cast, boss: User) -> None:
    sheet = bring("people", book([PERSON, ["ye", "叶", "reader", "W"]]), by=boss)
    operations.apply_sheet(sheet, by=boss)
    sheet.refresh_from_db()
    (login,) = operations.take_logins(sheet, by=boss)
    assert User.objects.get(username="ye").check_password(login.password)
    assert login.password.encode() not in bytes(sheet.logins)
    assert login.password not in str(list(Event.objects.values_list("payload", flat=True)))
    with pytest.raises(NotFound):
        operations.take_logins(sheet, by=boss)
    assert Event.objects.filter(name="sheet.logins_taken", actor=boss.actor).count() == 1


def test_nobody_else_sees_a_file_and_who_lost_the_verb_does_not_either(
    cast: Cast, boss: User, clerk: User
) -> None:
    sheet = bring("units", book(NEW), by=boss)
    with pytest.raises(NotFound):
        queries.sheet_of(clerk, sheet.uid)
    boss.postings.all().delete()
    for refused in (operations.apply_sheet, operations.take_logins, operations.discard):
        with pytest.raises(NotFound):
            refused(sheet, by=boss)


def test_who_may_not_take_a_register_out_does_not(cast: Cast) -> None:
    with pytest.raises(NotFound):
        taken_out("units", by=cast.lin)


def test_taking_out_is_on_record(cast: Cast, clerk: User) -> None:
    taken_out("people", by=clerk)
    event = Event.objects.get(name="sheet.taken")
    assert (event.actor, event.payload["register"]) == (clerk.actor, "people")


def test_a_file_that_is_none_is_told_and_can_be_given_up(cast: Cast, boss: User) -> None:
    sheet = bring("units", BytesIO(b"%PDF-1.7"), by=boss)
    assert "PDF" in queries.report_of(sheet).refusal
    operations.discard(sheet, by=boss)
    assert not Sheet.objects.exists()


def test_a_file_that_is_too_large_is_refused(cast: Cast, boss: User) -> None:
    with mock.patch.object(operations, "LARGEST_FILE", 100), pytest.raises(Invalid):
        bring("units", book(NEW), by=boss)


def test_hundreds_of_mistakes_are_counted_and_the_first_told(cast: Cast, boss: User) -> None:
    rows = "".join(f"X{n},星球,名\n" for n in range(299))
    report = tried("units", csv("编码,类型,名称\n" + rows), by=boss)
    assert report.mistakes_there_are == 299
    with mock.patch("gulou.sheets.reports.MOST_TOLD", 10):
        report = tried("units", csv("编码,类型,名称\n" + rows), by=boss)
    assert (report.mistakes_there_are, len(report.mistakes)) == (299, 10)


def test_csv_in_gb18030_is_read(cast: Cast, boss: User) -> None:
    report = tried("units", csv("编码,类型,名称\nX,部门,甲\n", "gb18030"), by=boss)
    assert report.added == 1 and any("GB18030" in note for note in report.notes)


class TestLongFiles:
    """More rows than are read while one waits: the worker's."""

    def rows(self, count: int) -> BytesIO:
        return csv("编码,类型,名称\n" + "".join(f"X{n},部门,第{n}\n" for n in range(count)))

    def test_one_of_500_000_rows_is_refused_by_the_worker_in_words(
        self, cast: Cast, boss: User
    ) -> None:
        sheet = bring("units", csv("编码,类型,名称\n" + "X,部门,甲\n" * 500_000), by=boss)
        assert sheet.state == State.READING and sheet.errand is not None
        work = mock.Mock(by=boss, parameters=sheet.errand.parameters, tell=lambda done, total: None)
        operations.read_asked(work)
        assert "5000 rows" in queries.report_of(queries.sheet_of(boss, sheet.uid)).refusal

    def test_dry_run_and_application_tell_how_far_they_are(self, cast: Cast, boss: User) -> None:
        told: list[tuple[int, int]] = []
        sheet = bring("units", self.rows(310), by=boss)
        assert sheet.errand is not None and queries.errand_waits(sheet)
        work = mock.Mock(by=boss, tell=lambda done, total: told.append((done, total)))
        work.parameters = sheet.errand.parameters
        assert operations.read_asked(work).rows == 310
        assert told[-1] == (310, 310)
        sheet = operations.apply_sheet(queries.sheet_of(boss, sheet.uid), by=boss)
        assert sheet.state == State.APPLYING and sheet.errand is not None
        work.parameters = sheet.errand.parameters
        assert operations.read_asked(work).rows == 310
        assert Unit.objects.filter(code__startswith="X").count() == 310
        # The worker may have died after it had committed.
        assert operations.read_asked(work).rows == 310
        assert Event.objects.filter(name="sheet.applied").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_second_of_two_at_once_is_told(cast: Cast, boss: User) -> None:
    first = bring("units", book(NEW), by=boss)
    second = bring("units", book([UNIT, ["Y", "部门", "乙"]]), by=boss)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with operations._alone(1):
                held.set()
                done.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(10)
    with mock.patch.object(operations, "_PATIENCE_SECONDS", 0.2):
        with pytest.raises(Conflict, match=r"sheets\.busy"):
            operations.apply_sheet(first, by=boss)
        assert "Another file" in tried("units", book(NEW), by=boss).refusal
    done.set()
    other.join()
    assert operations.apply_sheet(first, by=boss).state == State.APPLIED
    assert operations.apply_sheet(second, by=boss).state == State.APPLIED


def test_after_a_day_only_the_facts_are_left(cast: Cast, boss: User) -> None:
    waiting = bring("units", book(NEW), by=boss)
    done = bring("people", book([PERSON, ["ye", "叶", "reader", "W"]]), by=boss)
    operations.apply_sheet(done, by=boss)
    with clock.at(clock.now() + timedelta(hours=25)):
        with pytest.raises(NotFound):
            queries.sheet_of(boss, done.uid)
        assert jobs.forget_staged() == 2
        assert jobs.forget_staged() == 0
    assert not Sheet.objects.filter(pk=waiting.pk).exists()
    assert not default_storage.exists(waiting.path)
    done.refresh_from_db()
    assert (done.report, bytes(done.logins), done.file_name, done.path) == ({}, b"", "", "")


@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_the_template_is_empty_and_explains_itself(
    cast: Cast, kinds: object, boss: User, register: str
) -> None:
    file = BytesIO()
    write_book(REGISTERS[register], file, reader=boss, empty=True)
    made = openpyxl.load_workbook(file)
    parts = REGISTERS[register].parts
    assert [one.title for one in made.worksheets] == [
        *(part.title for part in parts), "How to fill it in", "Lists",
    ]  # fmt: skip
    for sheet, part in zip(made.worksheets, parts, strict=False):
        assert sheet.max_row == 1
        listed = [column for column in part.columns if column.listed]
        assert len(sheet.data_validations.dataValidation) == len(listed)
    said = [str(row[0].value) for row in made["How to fill it in"].iter_rows()]
    for part in parts:
        assert {column.head for column in part.columns} <= set(said)
    assert made["Lists"].sheet_state == "hidden"


def test_what_looks_like_a_formula_goes_out_as_text(cast: Cast, boss: User) -> None:
    Unit.objects.filter(code="W").update(name_zh="=1+1")
    sheet = openpyxl.load_workbook(taken_out("units", by=boss)).worksheets[0]
    (cell,) = [row[2] for row in sheet.iter_rows() if row[2].value == "=1+1"]
    assert cell.data_type == "s"

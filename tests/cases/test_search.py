"""Searching: each word must fit, whatever on the case it stands on; nobody finds what they may not
see; what was erased is not found any more."""

from typing import Any

import pytest
from django.db import connection

from gulou.cases import operations, queries, search
from gulou.cases.jobs import find_the_missing
from gulou.cases.models import Case, Findable, Report
from gulou.cases.queries import Filters
from gulou.cases.queries import found as found_module
from gulou.cases.states import State
from gulou.outbox import kept
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap, reason


def found(user: User, text: str, **more: Any) -> list[str]:
    return [row.number for row in queries.queue(user, Filters(text=text, **more)).rows]


@pytest.fixture
def lamp(cast: Cast, kinds: Kinds) -> Case:
    return a_case(
        cast, kinds.rubbish, words="小区门口路灯坏了，晚上很黑", address="鼓西路１２３号 City Plaza"
    )


@pytest.fixture
def other(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.smoking, words="电梯里有人抽烟", address="五四路8号")


@pytest.mark.parametrize(
    "text",
    ["路灯", "路灯坏了", "晚", "黑", "灯", "鼓西路", "鼓西路123号", "123", "plaza", "PLAZ", "city 路灯",
     "暴露垃圾", "exposed", "W1区域 路灯", "门口 123", "  路灯  鼓西  "],
)  # fmt: skip
def test_it_is_found_by(cast: Cast, lamp: Case, other: Case, text: str) -> None:
    assert found(cast.guo, text) == [lamp.number]
    assert queries.chips(cast.guo, Filters(text=text))["all"] == 1


@pytest.mark.parametrize(
    "text",
    ["路灯抽烟", "路灯 电梯", "灯路", "12", "%", "&", "'", "_", "路灯 %", "\\", "!路灯x", "R"],
)
def test_it_is_not_found_by(cast: Cast, lamp: Case, other: Case, text: str) -> None:
    assert lamp.number not in found(cast.guo, text)


def test_terms_that_stand_on_most_cases_are_looked_for_all_the_same(
    cast: Cast, lamp: Case, other: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = ["路灯", "鼓西", "西路", "坏了"]
    monkeypatch.setattr(found_module, "_common", lambda: frozenset(common))
    for text in ("路灯", "路灯坏了", "鼓西路123号", "门口 路灯"):
        assert found(cast.guo, text) == [lamp.number]
    for text in ("路灯抽烟", "电梯 路灯", "鼓西路8号"):
        assert found(cast.guo, text) == []
    assert search.questions("鼓西路8号", without=common)[0].terms == "(('8' & '号'))"


def test_what_is_common_is_what_postgresql_has_seen(
    cast: Cast, kinds: Kinds, lamp: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_module, "_COMMON", 0.5)
    with connection.cursor() as cursor:
        for _ in range(4):
            a_case(cast, kinds.smoking, words="烟味")
        cursor.execute("ANALYZE cases_findable")
    found_module._common_then.cache_clear()
    assert {"烟味"} <= found_module._common() and "坏了" not in found_module._common()
    found_module._common_then.cache_clear()


def test_it_is_found_by_number_receipt_and_their_parts(cast: Cast, lamp: Case) -> None:
    receipt = Report.objects.get(case=lamp).receipt
    serial = lamp.number.split("-")[1]
    for text in (lamp.number, lamp.number[:-2], serial, receipt, receipt.lower(), receipt[:-1]):
        assert found(cast.guo, text) == [lamp.number]
    assert queries.number_meant(cast.guo, receipt.lower()) == lamp.number
    assert queries.number_meant(cast.guo, lamp.number) == lamp.number
    assert queries.number_meant(cast.zhao, lamp.number) == ""


def test_the_very_number_stands_first_then_the_newest(cast: Cast, kinds: Kinds, lamp: Case) -> None:
    later = [a_case(cast, kinds.smoking, words=f"同 {lamp.number} 一样").number for _ in range(3)]
    assert found(cast.guo, lamp.number) == [lamp.number, *reversed(later)]


def test_it_is_found_by_its_unit_as_that_is_now(cast: Cast, lamp: Case) -> None:
    cast.street.name_zh = "鼓东街道办"
    cast.street.save()
    kept.forget_all()
    assert found(cast.guo, "鼓东街道") == []
    operations.file_case(lamp, by=cast.guo)
    operations.dispatch_case(lamp, by=cast.guo, unit_id=cast.street.pk)
    assert found(cast.guo, "鼓东街道") == found(cast.guo, "路灯 鼓东") == [lamp.number]
    assert found(cast.guo, "电梯 鼓东") == []


def test_notes_and_later_reports_are_found(cast: Cast, lamp: Case) -> None:
    operations.file_case(lamp, by=cast.guo, words="请供电公司看看")
    operations.note_case(lamp, by=cast.guo, words="已约师傅")
    snap = a_snap(lamp.category, words="变压器嗡嗡响", joins=lamp.uid)
    assert operations.receive_report(snap).case == lamp
    for text in ("供电公司", "师傅", "变压器", "路灯 师傅 变压器"):
        assert found(cast.guo, text) == [lamp.number]


def test_what_it_was_filed_as_is_found(cast: Cast, kinds: Kinds, lamp: Case) -> None:
    operations.file_case(
        lamp, by=cast.guo, category_id=kinds.smoking.pk, address="安泰河边", summary="照明故障"
    )
    assert found(cast.guo, "安泰河") == found(cast.guo, "照明故障") == [lamp.number]
    assert found(cast.guo, "吸烟") == [lamp.number] and found(cast.guo, "暴露垃圾") == []


def test_nobody_finds_what_they_may_not_see(cast: Cast, lamp: Case) -> None:
    receipt = Report.objects.get(case=lamp).receipt
    for text in ("路灯", lamp.number, receipt, "鼓西路"):
        assert found(cast.zhao, text) == [] and found(cast.wu, text) == [lamp.number]
        assert queries.chips(cast.zhao, Filters(text=text))["all"] == 0
    operations.redirect_case(lamp, by=cast.guo, reason_id=reason("redirect").pk)
    assert found(cast.wu, "路灯") == [] and found(cast.guo, "路灯") == [lamp.number]


def test_what_was_erased_is_not_found(cast: Cast, lamp: Case) -> None:
    report = Report.objects.get(case=lamp)
    operations.note_case(lamp, by=cast.guo, words="已约师傅")
    operations.erase_words(lamp, by=cast.guo, words_id=report.words_id)
    for text in ("路灯", "鼓西路", "plaza"):
        assert found(cast.guo, text) == []
    assert found(cast.guo, "师傅") == [lamp.number]
    terms = str(Findable.objects.get(case=lamp).terms)
    assert "路灯" not in terms and "鼓西" not in terms


def test_words_go_together_with_other_filters(cast: Cast, lamp: Case, other: Case) -> None:
    assert found(cast.guo, "路灯", states=(State.FILED,)) == []
    assert found(cast.guo, "路灯", street_id=cast.land.west.pk) == [lamp.number]
    assert found(cast.guo, "路灯", street_id=cast.land.east.pk) == []


def test_what_stands_on_very_many_is_listed_page_by_page_but_not_counted(
    cast: Cast, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_module, "_FEW", 3)
    monkeypatch.setattr(found_module, "_many", set())
    numbers = [a_case(cast, kinds.smoking, words="烟味").number for _ in range(7)]
    seen, key = [], ""
    for _ in range(3):
        page = queries.queue(cast.guo, Filters(text="烟味"), key=key, size=3)
        seen += [row.number for row in page.rows]
        key = page.older
    assert seen == numbers[::-1] and key == ""
    assert queries.chips(cast.guo, Filters(text="烟味")) == {}


def test_a_case_that_an_older_version_took_in_is_found_before_long(cast: Cast, lamp: Case) -> None:
    operations.note_case(lamp, by=cast.guo, words="已约师傅")
    Findable.objects.all().delete()
    assert found(cast.guo, "路灯") == []
    assert find_the_missing() == 1 and find_the_missing() == 0
    assert found(cast.guo, "路灯 师傅") == [lamp.number]

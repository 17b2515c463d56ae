"""Each register: out and in again changes nothing; what a file changes; what it may not."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest

from gulou.calendars.operations import SYSTEM, set_year
from gulou.calendars.states import Day
from gulou.cases import operations as cases
from gulou.cases.states import State
from gulou.catalogue.models import Category, Condition, Rule
from gulou.outbox.models import Event
from gulou.people import queries as people
from gulou.people.models import Posting, Unit, User
from gulou.places.models import Area, NamedPlace
from gulou.sheets.registers import REGISTERS
from gulou.sheets.tables import Mistake
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.catalogue import RuleFactory
from tests.factories.people import PostingFactory
from tests.factories.places import NamedPlaceFactory
from tests.sheets.conftest import applied, book, edited, mistakes, taken_out, tried

pytestmark = pytest.mark.django_db

UNIT = ["编码", "类型", "名称", "上级单位", "电话", "停用"]
PERSON = ["登录名", "姓名", "角色", "单位", "电话", "停用"]


def cell_of(file: BytesIO, head: str, value: str, column: str) -> str:
    """The cell in the row where the column `head` says `value`."""
    sheet = openpyxl.load_workbook(file).worksheets[0]
    file.seek(0)
    heads = {str(cell.value).rstrip("*"): "ABCDEFGHIJKLMN"[at] for at, cell in enumerate(sheet[1])}
    for row in range(2, sheet.max_row + 1):
        if str(sheet[f"{heads[head]}{row}"].value).startswith(value):
            return f"{heads[column]}{row}"
    raise AssertionError(f"no row with {head} {value}")


def fact_names(since: int) -> list[str]:
    names = Event.objects.filter(pk__gt=since).exclude(name__startswith="sheet.")
    return list(names.order_by("pk").values_list("name", flat=True))


def last_fact() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.parametrize("register", sorted(REGISTERS))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_is_taken_out_and_brought_in_again_changes_nothing(
    cast: Cast, kinds: Kinds, boss: User, catalogue_keeper: User, register: str, language: str
) -> None:
    from django.utils import translation

    RuleFactory.create(area=cast.land.west, category=kinds.rubbish, lead="unit", unit=cast.street)
    RuleFactory.create(category=kinds.rubbish, condition=kinds.danger, lead="community")
    NamedPlaceFactory.create(aliases=["园"], source_system="gcj02")
    PostingFactory.create(user=cast.lin, role=cast.lin.postings.get().role, unit=cast.department)
    set_year(2026, [Day(date(2026, 10, 1), False, "国庆节")], by=SYSTEM)
    by = catalogue_keeper if REGISTERS[register].verb != "people.manage" else boss
    with translation.override(language):
        report = tried(register, taken_out(register, by=by), by=by)
    assert (report.refusal, mistakes(report)) == ("", [])
    assert (report.added, report.changed) == (0, 0)
    assert report.same > 0


class TestUnits:
    def test_heads_are_known_by_the_words_of_the_pages_too(self, cast: Cast, boss: User) -> None:
        heads = ["编码", "类型", "中文名称", "英文名称", "上级单位编码"]
        report = tried("units", book([heads, ["X", "街镇", "榕荫街道", "X", "DEPT"]]), by=boss)
        assert (report.refusal, report.added, mistakes(report)) == ("", 1, [])

    def test_new_ones_hang_in_their_tree_and_known_ones_change(
        self, cast: Cast, boss: User
    ) -> None:
        before = last_fact()
        file = book([
            UNIT,
            ["X1", "社区", "榕下社区", "X", None, None],
            ["X", "街镇", "榕荫街道", None, "0591-1", None],
            ["W1", "Community", "Unit W1 anew", "E", "0591-2", None],
        ])  # fmt: skip
        report = applied("units", file, by=boss)
        assert (report.added, report.changed, report.same) == (2, 1, 0)
        changes = {column: (old, new) for column, old, new in report.steps[-1].changes}
        assert changes["name_zh"] == ("单位W1", "Unit W1 anew")
        assert changes["phone"] == ("", "0591-2")
        assert Unit.objects.get(code="X1").parent == Unit.objects.get(code="X")
        assert Unit.objects.get(code="X").parent == cast.office
        assert Unit.objects.get(code="W1").parent == cast.other_street
        assert fact_names(before) == [
            "unit.created", "unit.renamed", "unit.described", "unit.moved", "unit.created",
        ]  # fmt: skip
        assert {one.actor for one in Event.objects.filter(pk__gt=before)} == {boss.actor}
        again = tried("units", file, by=boss)
        assert (again.added, again.changed, again.same) == (0, 0, 3)

    def test_every_mistake_is_told_with_sheet_row_and_column(self, cast: Cast, boss: User) -> None:
        file = book([
            UNIT,
            ["A", "星球", "甲", None, None, None],
            ["B", "部门", None, None, None, None],
            ["C", "部门", "丙", "NOWHERE", None, None],
            ["C", "部门", "丙", None, None, None],
            ["D", "部门", "丁", None, "0" * 41, "maybe"],
            ["W", "部门", "西", None, None, None],
        ], titles=["单位"])  # fmt: skip
        report = tried("units", file, by=boss)
        assert [(one.sheet, one.row, one.column) for one in report.mistakes] == [
            ("单位", 2, "类型"), ("单位", 3, "名称"), ("单位", 4, "上级单位"), ("单位", 5, "编码"),
            ("单位", 6, "电话"), ("单位", 7, "类型"),
        ]  # fmt: skip
        assert Mistake(2, "类型", "There is no “星球”.", "单位") in report.mistakes
        assert not Unit.objects.filter(code__in="ABCD").exists()

    def test_a_unit_does_not_move_under_its_own_child(self, cast: Cast, boss: User) -> None:
        report = tried("units", book([UNIT, ["W", "街镇", "单位W", "W1", None, None]]), by=boss)
        assert [(row, column) for row, column, _words in mistakes(report)] == [(2, "上级单位")]
        assert "below it" in mistakes(report)[0][2]

    def test_two_that_would_hang_on_each_other_are_refused(self, cast: Cast, boss: User) -> None:
        file = book([UNIT, ["A", "部门", "甲", "B"], ["B", "部门", "乙", "A"]])
        assert len(tried("units", file, by=boss).mistakes) == 2

    def test_what_is_in_use_is_not_dissolved_and_who_is_absent_stays(
        self, cast: Cast, boss: User
    ) -> None:
        report = tried("units", book([UNIT, ["W", "街镇", "单位W", None, None, "是"]]), by=boss)
        assert len(report.mistakes) == 1
        assert Unit.objects.filter(active=True).count() == 7

    def test_what_waits_with_a_unit_goes_to_the_one_above_and_is_told_before(
        self, cast: Cast, kinds: Kinds, boss: User
    ) -> None:
        case = a_case(cast, kinds.rubbish, state=State.FILED)
        case = cases.dispatch_case(case, by=cast.guo, unit_id=cast.community.pk)
        code, kind = cast.community.code, cast.community.get_kind_display()
        file = book([UNIT, [code, kind, cast.community.name_zh, None, None, "是"]])
        (note,) = tried("units", file, by=boss).notes
        assert "goes to Unit W, on record: 1 open cases" in note
        case.refresh_from_db()
        assert case.unit == cast.community
        applied("units", file, by=boss)
        case.refresh_from_db()
        cast.community.refresh_from_db()
        assert (case.unit, cast.community.active) == (cast.street, False)

    def test_a_branch_is_dissolved_from_below_and_put_back_from_above(
        self, cast: Cast, boss: User
    ) -> None:
        rows = [["X", "部门", "甲", None, None, None], ["X1", "部门", "乙", "X", None, None]]
        applied("units", book([UNIT, *rows]), by=boss)
        gone = [[*row[:5], "是"] for row in rows]
        assert applied("units", book([UNIT, *gone]), by=boss).changed == 2
        assert not Unit.objects.filter(code__startswith="X", active=True).exists()
        assert tried("units", book([UNIT, *gone]), by=boss).same == 2
        back = [[*row[:5], "否"] for row in rows]
        assert applied("units", book([UNIT, *back]), by=boss).changed == 2
        assert Unit.objects.filter(code__startswith="X", active=True).count() == 2

    def test_an_empty_cell_leaves_and_a_dash_empties(self, cast: Cast, boss: User) -> None:
        applied("units", book([UNIT, ["W", "街镇", "单位W", None, "0591-9", None]]), by=boss)
        assert tried("units", book([UNIT, ["W", "街镇", "单位W"]]), by=boss).same == 1
        applied("units", book([UNIT, ["W", "街镇", "单位W", None, "-", None]]), by=boss)
        assert Unit.objects.get(code="W").phone == ""

    def test_a_street_changes_only_its_own_and_learns_nothing_of_others(
        self, cast: Cast, clerk: User
    ) -> None:
        Unit.objects.filter(code="E").update(phone="0591-secret")
        file = book([UNIT, ["E", "街镇", "单位E", None, "1", None], ["N", "社区", "新", None],
                     ["N2", "社区", "新社区", "W"]])  # fmt: skip
        report = tried("units", file, by=clerk)
        assert [row for row, _column, _words in mistakes(report)] == [2, 3]
        assert "secret" not in str(report.kept())
        rows = (
            openpyxl.load_workbook(taken_out("units", by=clerk))
            .worksheets[0]
            .iter_rows(min_row=2, max_col=1, values_only=True)
        )
        assert [row[0] for row in rows] == ["W", "W1"]


class TestPeople:
    def test_they_are_enrolled_posted_and_described(self, cast: Cast, boss: User) -> None:
        file = book([
            PERSON,
            ["ye", "叶一", "Role handler", "W1", "013800000000", None],
            ["ye", "叶一", "reader", "DEPT 环卫", None, None],
            ["lin", "林小榕", "handler", "W", "13900000000", None],
        ])  # fmt: skip
        report = applied("people", file, by=boss)
        assert (report.added, report.changed) == (1, 2)
        ye = User.objects.get(username="ye")
        assert (ye.phone, ye.must_change_password) == ("013800000000", True)
        assert list(ye.postings.order_by("pk").values_list("unit__code", flat=True)) == [
            "W1",
            "DEPT",
        ]
        lin = User.objects.get(username="lin")
        assert (lin.display_name, lin.postings.count()) == ("林小榕", 1)
        assert tried("people", file, by=boss).same == 3

    def test_their_wecom_users_come_in_and_go_out(self, cast: Cast, boss: User) -> None:
        head = [*PERSON, "企业微信账号"]
        rows = [["lin", "Lin", "handler", "W", None, None, "LinXiaoRong"],
                ["ye", "叶一", "handler", "W1", None, None, "yeyi"],
                ["chen", "Chen", "handler", "DEPT", None, None, "YEYI"]]  # fmt: skip
        found = mistakes(tried("people", book([head, *rows]), by=boss))
        assert [(row, column) for row, column, _words in found] == [(4, "企业微信账号")]
        applied("people", book([head, *rows[:2]]), by=boss)
        kept = User.objects.exclude(wecom_userid="").values_list("wecom_userid", flat=True)
        assert set(kept) == {"LinXiaoRong", "yeyi"}
        sheet = openpyxl.load_workbook(taken_out("people", by=boss)).worksheets[0]
        assert "LinXiaoRong" in str(list(sheet.iter_rows(values_only=True)))

    def test_mistakes_of_all_kinds(self, cast: Cast, boss: User) -> None:
        file = book([
            [*PERSON, "邮箱", "起始日期"],
            ["a", "甲", "king", "W", None, None, None, None],
            ["b", "乙", "handler", None, None, None, None, None],
            ["c", "丙", "handler", "W", None, None, "no mail", None],
            ["d", "丁", "handler", "W", None, None, None, "soon"],
            ["lin", "林甲", "handler", "W", None, None, None, None],
            ["lin", "林乙", "reader", "W", None, None, None, None],
            ["e", None, "handler", "W", None, None, None, None],
            ["boss", "Boss", None, None, None, "是", None, None],
            ["lin", "林甲", "handler", "W", None, None, None, None],
        ])  # fmt: skip
        found = [(row, column) for row, column, _words in mistakes(tried("people", file, by=boss))]
        assert found == [
            (2, "角色"), (3, "单位"), (4, "邮箱"), (5, "起始日期"), (7, "姓名"), (8, "姓名"),
            (9, "停用"), (10, "单位"),
        ]  # fmt: skip

    def test_access_is_closed_and_opened(self, cast: Cast, boss: User) -> None:
        def row(flag: str) -> BytesIO:
            return book([PERSON, ["wu", "Wu", "reader", "ROOT", None, flag]])

        assert applied("people", row("是"), by=boss).changed == 1
        assert not User.objects.get(username="wu").is_active
        assert tried("people", row("是"), by=boss).same == 1
        assert applied("people", row("否"), by=boss).changed == 1
        assert User.objects.get(username="wu").is_active

    def test_a_street_enrols_its_own_people_and_nobody_elses(self, cast: Cast, clerk: User) -> None:
        User.objects.filter(username="zhao").update(phone="secret")
        file = book([
            PERSON,
            ["ye", "叶", "reader", "W1", None, None],
            ["yu", "余", "reader", "E", None, None],
            ["yo", "尤", "dispatcher", "W", None, None],
            ["zhao", "赵", "reader", "W", "1", None],
        ])  # fmt: skip
        report = tried("people", file, by=clerk)
        assert [row for row, _column, _words in mistakes(report)] == [3, 4, 5]
        assert "secret" not in str(report.kept())
        assert applied("people", book([PERSON, ["ye", "叶", "reader", "W1"]]), by=clerk).added == 1


class TestPostings:
    HEADS = ("登录名", "角色", "单位", "起始日期", "截止日期")

    def test_they_begin_end_and_run_on(self, cast: Cast, boss: User) -> None:
        day = people.today() + timedelta(days=30)
        file = book([self.HEADS, ["lin", "handler", "W", None, day.isoformat()],
                     ["wu", "reader", "E", "2026-01-01", None]])  # fmt: skip
        assert applied("postings", file, by=boss).changed == 2
        assert Posting.objects.get(user=cast.lin).until == day
        assert Posting.objects.get(user=cast.wu, unit=cast.other_street).since == date(2026, 1, 1)
        assert tried("postings", file, by=boss).same == 2
        on = book([self.HEADS, ["lin", "handler", "W", None, "-"]])
        assert applied("postings", on, by=boss).changed == 1
        assert Posting.objects.get(user=cast.lin).until is None

    def test_the_first_day_does_not_move_and_nobody_is_enrolled(
        self, cast: Cast, boss: User
    ) -> None:
        file = book([self.HEADS, ["lin", "handler", "W", "2025-01-01", None],
                     ["nobody", "handler", "W", None, None]])  # fmt: skip
        found = [
            (row, column) for row, column, _words in mistakes(tried("postings", file, by=boss))
        ]
        assert found == [(2, "起始日期"), (3, "登录名")]


class TestCategories:
    def test_they_are_described_added_and_retired(
        self, cast: Cast, kinds: Kinds, catalogue_keeper: User
    ) -> None:
        file = taken_out("categories", by=catalogue_keeper)
        changes = {
            cell_of(file, "Code", "event.01.01", "Chinese name"): "裸露垃圾",
            cell_of(file, "Code", "event.01.01", "Limit"): 6,
            cell_of(file, "Code", "event.01.02", "Retired"): "是",
            "B6": "event.01", "C6": "新类", "L6": 2, "M6": "工作日",
        }  # fmt: skip
        file = edited(file, changes)
        report = applied("categories", file, by=catalogue_keeper)
        assert (report.added, report.changed) == (1, 2)
        rubbish = Category.objects.get(code="event.01.01")
        assert rubbish.name_zh == "裸露垃圾"
        assert Condition.objects.get(category=rubbish, is_default=True).amount == 6
        assert not Category.objects.get(code="event.01.02").active
        assert Category.objects.get(name_zh="新类").code == "event.01.99"
        assert tried("categories", file, by=catalogue_keeper).same == report.same + 3

    def test_further_conditions_stand_on_a_sheet_of_their_own(
        self, cast: Cast, kinds: Kinds, catalogue_keeper: User
    ) -> None:
        file = edited(
            taken_out("categories", by=catalogue_keeper),
            {"E2": 3, "A3": "event.01.02", "C3": "室内", "E3": 1, "F3": "工作日"}, sheet=1,
        )  # fmt: skip
        report = applied("categories", file, by=catalogue_keeper)
        assert (report.added, report.changed) == (1, 1)
        kinds.danger.refresh_from_db()
        assert kinds.danger.amount == 3
        assert Condition.objects.get(name_zh="室内").category == kinds.smoking

    def test_mistakes_name_the_sheet(
        self, cast: Cast, kinds: Kinds, catalogue_keeper: User
    ) -> None:
        RuleFactory.create(category=kinds.smoking, lead="street")
        heads = ["编码", "大类", "名称", "时限", "时限单位", "停用"]
        file = book(
            [heads, ["event.77", None, "甲"], [None, "event.01", "乙", "many", "工作日"],
             ["event.01.02", None, "吸烟", None, None, "是"]],
            [["小类", "立案条件"], ["event.01", "丙"]],
            titles=["分类", "立案条件"],
        )  # fmt: skip
        report = tried("categories", file, by=catalogue_keeper)
        assert [(one.sheet, one.row, one.column) for one in report.mistakes] == [
            ("分类", 2, "编码"), ("分类", 3, "时限"), ("分类", 4, "停用"), ("立案条件", 2, "小类"),
        ]  # fmt: skip

    def test_who_does_not_keep_the_catalogue_does_not_open_it(self, cast: Cast, boss: User) -> None:
        from gulou.kit.errors import NotFound

        with pytest.raises(NotFound):
            tried("categories", book([["编码"]]), by=boss)


class TestRules:
    HEADS = ("分类", "立案条件", "区域", "主办单位", "协办单位", "依据", "失效日期")

    def test_they_are_set_changed_and_ended(
        self, cast: Cast, kinds: Kinds, catalogue_keeper: User
    ) -> None:
        old = RuleFactory.create(category=kinds.smoking, lead="unit", unit=cast.street)
        ends = (people.today() + timedelta(days=9)).isoformat()
        file = book([
            self.HEADS,
            ["event.01.01 暴露垃圾", "2", "W", "DEPT 环卫", "W;E", "权责清单", None],
            ["吸烟", None, None, "E", None, None, None],
            ["任何问题", None, "全区", "所在街镇", None, None, ends],
        ])  # fmt: skip
        report = applied("rules", file, by=catalogue_keeper)
        assert (report.added, report.changed) == (2, 1)
        new = Rule.objects.get(category=kinds.rubbish)
        assert (new.unit, new.condition, new.area) == (
            cast.department,
            kinds.danger,
            cast.land.west,
        )
        assert set(new.assisting.values_list("code", flat=True)) == {"W", "E"}
        old.refresh_from_db()
        assert old.until == people.today()
        assert Rule.objects.get(category=kinds.smoking, until=None).unit == cast.other_street
        assert Rule.objects.get(category=None).lead == "street"
        assert tried("rules", file, by=catalogue_keeper).same == 3

    def test_an_end_alone_ends_the_rule_that_is_there(
        self, cast: Cast, kinds: Kinds, catalogue_keeper: User
    ) -> None:
        rule = RuleFactory.create(category=kinds.smoking, lead="street")
        day = people.today() + timedelta(days=9)
        file = book([self.HEADS, ["吸烟", None, None, "所在街镇", None, None, day.isoformat()]])
        assert applied("rules", file, by=catalogue_keeper).changed == 1
        rule.refresh_from_db()
        assert rule.until == day and Rule.objects.count() == 1

    def test_the_same_rule_twice_and_unknown_things_are_mistakes(
        self, cast: Cast, kinds: Kinds, catalogue_keeper: User
    ) -> None:
        file = book([
            self.HEADS,
            ["吸烟", None, None, "W", None, None, None],
            ["event.01.02", None, None, "E", None, None, None],
            ["没有", None, None, "W", None, None, None],
            ["吸烟", "7", None, "W", None, None, None],
            ["吸烟", None, "月球", "W", None, None, None],
            ["暴露垃圾", None, None, "没有", None, None, None],
            ["暴露垃圾", "2", None, "W", "E；X", None, None],
        ])  # fmt: skip
        found = [
            (row, column)
            for row, column, _words in mistakes(tried("rules", file, by=catalogue_keeper))
        ]
        assert found == [(3, "分类"), (4, "分类"), (5, "立案条件"), (6, "区域"), (7, "主办单位"),
                         (8, "协办单位")]  # fmt: skip


class TestPlaces:
    HEADS = ("名称", "纬度", "经度", "坐标系", "别名", "类型")

    def test_they_are_added_and_changed(self, cast: Cast, catalogue_keeper: User) -> None:
        NamedPlaceFactory.create(name_zh="榕园", lat=26.07, lon=119.29)
        file = book([self.HEADS, ["榕园", 26.0701, 119.29, "WGS84", "老园", "公园"],
                     ["东街口", 26.0844, 119.3009, "GCJ-02", None, None]])  # fmt: skip
        report = applied("places", file, by=catalogue_keeper)
        assert (report.added, report.changed) == (1, 1)
        assert {column for column, _old, _new in report.steps[0].changes} == {
            "lat",
            "aliases",
            "kind",
        }
        assert NamedPlace.objects.get(name_zh="东街口").source_system == "gcj02"
        assert tried("places", file, by=catalogue_keeper).same == 2

    def test_bad_points_and_the_same_place_twice_are_mistakes(
        self, cast: Cast, catalogue_keeper: User
    ) -> None:
        file = book([self.HEADS, ["甲", "north", 119.3], ["乙", 119.3, 26.0], ["丙", 26.0, 119.3],
                     ["丙", 26.0001, 119.3], ["丁", 26.0, 119.3, "mars"]])  # fmt: skip
        found = [
            row for row, _column, _words in mistakes(tried("places", file, by=catalogue_keeper))
        ]
        assert found == [2, 3, 5, 6]


class TestAreas:
    def test_they_are_renamed_and_retired_unless_in_use(
        self, cast: Cast, catalogue_keeper: User
    ) -> None:
        heads = ["层级", "编码", "名称", "停用"]
        file = book([heads, ["街镇", "W", "西街道", None], ["社区", "E2", "E2区域", "是"]])
        assert applied("areas", file, by=catalogue_keeper).changed == 2
        assert Area.objects.get(code="W").name_zh == "西街道"
        assert not Area.objects.get(code="E2").active
        bad = book([heads, ["社区", "W1", "W1区域", "是"], ["社区", "NEW", "新", None]])
        assert [row for row, *_rest in mistakes(tried("areas", bad, by=catalogue_keeper))] == [2, 3]

    def test_it_is_told_how_many_people_live_there(
        self, cast: Cast, catalogue_keeper: User
    ) -> None:
        heads = ["层级", "编码", "名称", "常住人口", "人口年份", "人口来源"]
        file = book([heads, ["街镇", "W", "W区域", 12680, 2020, "人口普查"]])
        assert applied("areas", file, by=catalogue_keeper).changed == 1
        west = Area.objects.get(code="W")
        assert (west.population, west.population_year) == (12_680, 2020)
        # An empty cell leaves what is there, a dash says that it is not known.
        same = book([heads, ["街镇", "W", "W区域", None, None, None]])
        assert tried("areas", same, by=catalogue_keeper).changed == 0
        applied(
            "areas", book([heads, ["街镇", "W", "W区域", "-", None, None]]), by=catalogue_keeper
        )
        assert Area.objects.get(code="W").population is None
        half = book([heads, ["街镇", "W", "W区域", 5, None, "人口普查"]])
        assert [row for row, *_rest in mistakes(tried("areas", half, by=catalogue_keeper))] == [2]

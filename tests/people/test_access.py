"""Who may do what where: reach, dates, steps, leaders."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from gulou.cases import states
from gulou.kit import clock
from gulou.kit.errors import NotAllowed, Refusal
from gulou.outbox import kept
from gulou.outbox.models import Revision
from gulou.people import access, operations, queries, verbs
from gulou.people.access import OpenStep
from gulou.people.models import Unit, User
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory, UnitFactory, UserFactory

READ, HANDLE = states.READ, states.HANDLE.verb
TODAY = date(2026, 11, 23)
On = Callable[[date], AbstractContextManager[None]]


def posted(cast: Cast, *, since: date, until: date | None = None) -> User:
    user = UserFactory.create()
    role = RoleFactory.create(verbs=[READ])
    PostingFactory.create(user=user, role=role, unit=cast.street, since=since, until=until)
    return user


def test_a_posting_reaches_its_unit_and_what_is_below(cast: Cast) -> None:
    assert access.unit_ids_where(cast.lin, READ) == {cast.street.pk, cast.community.pk}
    assert access.unit_ids_where(cast.zhao, READ) == {cast.other_street.pk}


def test_but_only_its_unit_where_the_role_stays_there(cast: Cast) -> None:
    user = posted(cast, since=TODAY - timedelta(days=400))
    assert access.unit_ids_where(user, READ) == {cast.street.pk}


def test_the_verbs_of_several_postings_do_not_mix(cast: Cast) -> None:
    PostingFactory.create(
        user=cast.wu, unit=cast.department, role=RoleFactory.create(verbs=[HANDLE])
    )
    assert access.unit_ids_where(cast.wu, HANDLE) == {cast.department.pk}
    assert cast.street.pk in access.unit_ids_where(cast.wu, READ)


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        (0, None, True),
        (0, 0, True),
        (-10, 0, True),
        (-10, -1, False),
        (1, None, False),
        (-10, 10, True),
    ],
)
def test_both_days_of_a_posting_count(
    cast: Cast, on: On, since: int, until: int | None, held: bool
) -> None:
    end = None if until is None else TODAY + timedelta(days=until)
    with on(TODAY):
        user = posted(cast, since=TODAY + timedelta(days=since), until=end)
        assert access.holds(user, READ, unit_id=cast.street.pk) is held
        assert (user in queries.people_at([cast.street.pk], READ)) is held
        assert access.posted_unit_ids(user) == ({cast.street.pk} if held else frozenset())


def test_the_day_changes_at_midnight_in_fuzhou(cast: Cast) -> None:
    user = posted(cast, since=TODAY)
    for utc, held in [("2026-11-22T15:59:59", False), ("2026-11-22T16:00:00", True)]:
        with clock.at(datetime.fromisoformat(utc).replace(tzinfo=UTC)):
            assert access.holds(user, READ, unit_id=cast.street.pk) is held


def test_who_is_shut_out_holds_nothing_not_even_an_own_step(cast: Cast) -> None:
    cast.lin.is_active = False
    step = OpenStep(frozenset({HANDLE}), cast.street.pk, cast.lin.pk)
    assert not access.holds(cast.lin, HANDLE, unit_id=cast.street.pk, steps=[step])
    assert access.unit_ids_where(cast.lin, READ) == frozenset()


def test_an_open_step_of_a_person_lends_its_verbs_to_that_person(cast: Cast) -> None:
    step = OpenStep(frozenset({HANDLE}), cast.department.pk, cast.lin.pk)
    root = cast.root.pk
    assert access.holds(cast.lin, HANDLE, unit_id=root, steps=[step])
    assert not access.holds(cast.lin, "case.close", unit_id=root, steps=[step])
    assert not access.holds(cast.chen, HANDLE, unit_id=root, steps=[step])


def test_an_open_step_of_a_unit_lends_its_verbs_to_who_holds_them_there(cast: Cast) -> None:
    step = OpenStep(frozenset({HANDLE}), cast.department.pk, None)
    root = cast.root.pk
    assert access.holds(cast.chen, HANDLE, unit_id=root, steps=[step])
    assert not access.holds(cast.zhao, HANDLE, unit_id=root, steps=[step])
    assert not access.holds(cast.wu, HANDLE, unit_id=root, steps=[step])


def test_require_refuses_with_403(cast: Cast) -> None:
    access.require(cast.lin, HANDLE, unit_id=cast.street.pk)
    with pytest.raises(NotAllowed):
        access.require(cast.zhao, HANDLE, unit_id=cast.street.pk)


def test_it_asks_one_small_query_however_large_the_tree(cast: Cast) -> None:
    for _ in range(30):
        UnitFactory.create(parent=cast.street)
    kept.forget_all()
    reach = access.reach_of(cast.lin)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        again = access.reach_of(cast.lin)
        for verb in states.VERBS:
            again.holds(verb, unit_id=cast.street.pk)
    assert len(asked) == 1
    assert again == reach


def test_it_sees_a_new_unit_at_once(cast: Cast) -> None:
    before = access.unit_ids_where(cast.lin, READ)
    unit = UnitFactory.create(parent=cast.street)
    assert access.unit_ids_where(cast.lin, READ) == before | {unit.pk}
    operations.move_unit(unit, parent=cast.other_street, by=None)
    assert access.unit_ids_where(cast.lin, READ) == before


class TestPeopleAt:
    def test_it_finds_who_is_posted_there_and_above(self, cast: Cast) -> None:
        found = queries.people_at([cast.community.pk], READ)
        assert set(found) == {cast.lin, cast.wu, cast.guo}

    def test_it_finds_nobody_without_the_verb(self, cast: Cast) -> None:
        assert set(queries.people_at([cast.street.pk], "case.dispatch")) == {cast.guo}

    def test_it_leaves_out_who_was_shut_out(self, cast: Cast) -> None:
        operations.deactivate_person(cast.lin, by=None)
        assert cast.lin not in queries.people_at([cast.street.pk], READ)


class TestUnits:
    def test_the_office_is_the_one_office(self, cast: Cast) -> None:
        assert queries.office().id == cast.office.pk
        assert queries.unit_ref("W1").area_id == cast.land.communities[0].pk

    def test_without_an_office_it_says_what_to_do(self, db: None) -> None:
        with pytest.raises(Refusal, match="no_office"):
            queries.office()

    def test_below_means_itself_too(self, cast: Cast) -> None:
        assert queries.unit_ids_below([cast.street.pk]) == {cast.street.pk, cast.community.pk}

    def test_reading_them_again_costs_nothing(self, cast: Cast) -> None:
        kept.forget_all()
        queries.unit_refs()
        with CaptureQueriesContext(connection) as asked:
            assert queries.unit_refs()[cast.street.pk].code == "W"
        assert len(asked) == 0

    def test_who_holds_the_id_of_a_new_unit_finds_it(self, cast: Cast) -> None:
        kept.forget_all()
        before = queries.unit_refs()
        new = _made_elsewhere(cast.street, "NEW")
        assert new not in {unit.id for unit in before.values()}
        assert before[new].code == "NEW" and new in before
        assert queries.unit_refs()[new].parent_id == cast.street.pk

    def test_a_new_code_and_a_new_office_are_found(self, cast: Cast) -> None:
        kept.forget_all()
        queries.unit_refs()
        new = _made_elsewhere(cast.street, "NEW")
        assert queries.unit_ref("NEW").id == new
        with pytest.raises(Refusal, match="unknown"):
            queries.unit_ref("NEVER")

    def test_no_unit_is_no_unit(self, cast: Cast) -> None:
        refs = queries.unit_refs()
        assert refs.get(0) is None and refs.get(10**12) is None
        with pytest.raises(KeyError):
            refs[10**12]


def _made_elsewhere(parent: Unit, code: str) -> int:
    """A unit that another process has made: nothing of ours hears of it."""
    unit = Unit.objects.create(
        kind="community", code=code, name_zh="新", name_en="New", parent=parent
    )
    Unit.objects.filter(pk=unit.pk).update(path=f"{parent.path}{unit.pk}.")
    Revision.objects.filter(name="people.units").update(token=uuid.uuid4())
    return unit.pk


def test_who_only_looks_is_asked_about_once(cast: Cast, django_assert_num_queries: Any) -> None:
    with access.one_request(only_looks=True):
        reach = access.reach_of(cast.lin)
        with django_assert_num_queries(0):
            assert access.reach_of(cast.lin) == reach
    with CaptureQueriesContext(connection) as asked:
        assert access.reach_of(cast.lin) == reach
    assert any("posting" in one["sql"] for one in asked.captured_queries)


def test_a_posting_that_ends_ends_at_once_for_who_acts(cast: Cast) -> None:
    assert access.unit_ids_where(cast.lin, "case.read")
    cast.lin.postings.all().delete()
    assert not access.unit_ids_where(cast.lin, "case.read")
    with access.one_request(only_looks=True):
        assert not access.unit_ids_where(cast.lin, "case.read")


def test_who_acts_is_asked_about_once_before_and_anew_from_then_on(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with access.one_request(only_looks=False):
        with _before_anything_is_open():
            assert access.unit_ids_where(cast.lin, "case.read")
            with django_assert_num_queries(0):
                assert access.unit_ids_where(cast.lin, "case.read")
        cast.lin.postings.all().delete()
        assert not access.unit_ids_where(cast.lin, "case.read")
        PostingFactory.create(user=cast.lin, unit=cast.street)
        with _before_anything_is_open():
            assert access.reach_of(cast.lin).posts


@contextmanager
def _before_anything_is_open() -> Iterator[None]:
    """As outside a test, which is a transaction itself."""
    wrapper = connections["default"]
    wrapper.in_atomic_block = False
    try:
        yield
    finally:
        wrapper.in_atomic_block = True


def test_who_manages_the_district_office_manages_every_unit_and_nothing_else_there(
    cast: Cast,
) -> None:
    role = RoleFactory.create(verbs=[READ, verbs.MANAGE], reaches_below=True)
    office, street = UserFactory.create(), UserFactory.create()
    PostingFactory.create(user=office, role=role, unit=cast.office)
    PostingFactory.create(user=street, role=role, unit=cast.street)
    beside = UnitFactory.create(parent=None, code="BESIDE")
    assert beside.pk in access.unit_ids_where(office, verbs.MANAGE)
    assert beside.pk not in access.unit_ids_where(office, READ)
    assert access.unit_ids_where(street, verbs.MANAGE) == {cast.street.pk, cast.community.pk}

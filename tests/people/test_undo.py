"""Taking changes back: each with its inverse, as a fact of its own, until something newer stands
in the way."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gulou.outbox.models import Chained, Event
from gulou.people import history, operations, queries
from gulou.people.models import Earlier, Leadership, Posting, Role, StreetLeader, Unit, User
from tests.conftest import Cast
from tests.people.conftest import DAY, Facts, refused

pytestmark = pytest.mark.django_db


def last(subject: Chained) -> int:
    event = Event.objects.filter(subject_uid=subject.uid).order_by("-sequence").first()
    assert event
    return event.pk


def test_a_unit_moves_back_with_all_below(cast: Cast, boss: User, told: Facts) -> None:
    operations.move_unit(cast.community, parent=cast.other_street, by=boss)
    operations.undo_change(last(cast.community), by=boss)
    cast.community.refresh_from_db()
    assert cast.community.path.startswith(cast.street.path)
    assert told(cast.community) == ["unit.moved", "unit.moved"]


def test_contacts_come_back_and_no_fact_holds_them(cast: Cast, boss: User) -> None:
    operations.describe_unit(cast.street, by=boss, phone="0591-1111", email="a@example.org")
    operations.set_description(cast.street, by=boss, area_id=None, phone="0591-2222", email="", address="")  # fmt: skip
    operations.undo_change(last(cast.street), by=boss)
    cast.street.refresh_from_db()
    assert (cast.street.phone, cast.street.email, cast.street.area) == (
        "0591-1111", "a@example.org", cast.land.west,
    )  # fmt: skip
    recorded = str(list(Event.objects.values_list("payload", flat=True)))
    assert not [word for word in ("0591-1111", "0591-2222", "@example") if word in recorded]
    details = history.history_of_units([cast.street.pk])[1].details
    assert {(d.was, d.became) for d in details} >= {("0591-1111", "0591-2222")}


def test_a_person_is_described_as_before(cast: Cast, boss: User) -> None:
    operations.set_details(cast.lin, by=boss, display_name="林", phone="13800000001")
    operations.undo_change(last(cast.lin), by=boss)
    cast.lin.refresh_from_db()
    assert (cast.lin.display_name, cast.lin.phone) == ("Lin", "")


def test_erased_words_cannot_come_back_and_say_so(cast: Cast, boss: User) -> None:
    operations.set_details(cast.lin, by=boss, display_name="林")
    Earlier.objects.all().delete()
    with refused("undo.unknown"):
        operations.undo_change(last(cast.lin), by=boss)
    assert not history.history_of_people([cast.lin.pk])[0].can_undo


def test_a_dissolved_unit_is_used_again_and_a_created_one_dissolved(
    cast: Cast, boss: User, told: Facts
) -> None:
    unit = operations.create_unit(
        kind="department", code="X", name_zh="新", name_en="New", parent=cast.root, by=boss
    )
    operations.undo_change(last(unit), by=boss)
    assert not Unit.objects.get(pk=unit.pk).active
    operations.undo_change(last(unit), by=boss)
    assert Unit.objects.get(pk=unit.pk).active
    assert told(unit) == ["unit.created", "unit.dissolved", "unit.reinstated"]


def test_a_role_is_defined_as_before_and_not_taken_away(cast: Cast, boss: User) -> None:
    given: dict[str, Any] = {"code": "new", "name_zh": "新", "name_en": "New", "by": boss}
    role = operations.create_role(**given, verbs=["case.read"])
    with refused("undo.first"):
        operations.undo_change(last(role), by=boss)
    operations.define_role(**given, verbs=["case.read", "case.note"], second_factor=True)
    operations.undo_change(last(role), by=boss)
    role.refresh_from_db()
    assert (role.verbs, role.second_factor) == (["case.read"], False)
    said = history.history_of_roles(["new"])
    assert ("", "write notes on a case") in {(d.was, d.became) for d in said[1].details}


def test_access_is_opened_again(cast: Cast, boss: User) -> None:
    operations.deactivate_person(cast.lin, by=boss)
    operations.undo_change(last(cast.lin), by=boss)
    cast.lin.refresh_from_db()
    assert cast.lin.is_active


def test_a_posting_that_began_today_never_was(
    cast: Cast, boss: User, roles: dict[str, Role]
) -> None:
    posting = operations.post_person(cast.lin, role=roles["reader"], unit=cast.root, by=boss)
    operations.undo_change(last(cast.lin), by=boss)
    assert not Posting.objects.filter(pk=posting.pk).exists()
    assert queries.postings_of(cast.lin).count() == 1


def test_a_posting_that_held_ends_at_once(
    cast: Cast, boss: User, roles: dict[str, Role], on: Callable[[date], Any]
) -> None:
    with on(queries.today() - 3 * DAY):
        posting = operations.post_person(cast.lin, role=roles["reader"], unit=cast.root, by=boss)
    operations.undo_change(last(cast.lin), by=boss)
    posting.refresh_from_db()
    assert posting.until == queries.today() - DAY


def test_an_ended_posting_runs_on_until_the_day_it_had(cast: Cast, boss: User) -> None:
    posting = cast.lin.postings.get()
    later = queries.today() + 90 * DAY
    operations.end_posting(posting, until=later, by=boss)
    operations.end_posting(posting, until=queries.today(), by=boss)
    operations.undo_change(last(cast.lin), by=boss)
    posting.refresh_from_db()
    assert posting.until == later


def test_one_posting_does_not_stand_in_the_way_of_another(
    cast: Cast, boss: User, roles: dict[str, Role]
) -> None:
    first = operations.post_person(cast.lin, role=roles["reader"], unit=cast.root, by=boss)
    event = last(cast.lin)
    operations.post_person(cast.lin, role=roles["reader"], unit=cast.office, by=boss)
    operations.undo_change(event, by=boss)
    assert not Posting.objects.filter(pk=first.pk).exists()
    with refused("undo.newer"):
        operations.undo_change(event, by=boss)


def test_streets_and_leading_groups_go_back_too(
    cast: Cast, boss: User, on: Callable[[date], Any]
) -> None:
    with on(queries.today() - 9 * DAY):
        operations.set_leader(cast.street, duty="head", name="旧主任", by=boss)
    operations.set_leader(cast.street, duty="head", name="新主任", by=boss)
    said = history.history_of_units([cast.street.pk])[0]
    assert ("旧主任", "新主任") in {(d.was, d.became) for d in said.details}
    operations.undo_change(last(cast.street), by=boss)
    assert [(one.name, one.until) for one in Leadership.objects.all()] == [("旧主任", None)]
    operations.attach_leader(cast.wu, unit=cast.street, by=boss)
    operations.undo_change(last(cast.wu), by=boss)
    assert not StreetLeader.objects.exists()


def test_what_the_record_does_not_know_is_not_there(cast: Cast, boss: User) -> None:
    with refused("undo.cannot"):
        operations.undo_change(0, by=boss)
    operations.reset_password(cast.lin, by=boss)
    with refused("undo.cannot"):
        operations.undo_change(last(cast.lin), by=boss)


def test_only_who_could_change_it_takes_it_back(cast: Cast, boss: User, clerk: User) -> None:
    operations.move_unit(cast.department, parent=cast.office, by=boss)
    with refused("people.not_allowed"):
        operations.undo_change(last(cast.department), by=clerk)
    assert Unit.objects.get(pk=cast.department.pk).parent == cast.office

from datetime import date

import pytest

from gulou.outbox.models import Event
from gulou.people import operations, queries
from gulou.people.models import User
from tests.conftest import Cast
from tests.people.conftest import Facts, refused


def test_who_was_it_before_ends_the_day_before(cast: Cast, clerk: User) -> None:
    for name, day in [("林组长", date(2024, 1, 1)), ("陈组长", date(2025, 3, 1))]:
        operations.set_leader(cast.street, duty="head", name=name, since=day, by=clerk)
    for day, name in [
        (date(2024, 1, 1), "林组长"),
        (date(2025, 2, 28), "林组长"),
        (date(2025, 3, 1), "陈组长"),
    ]:
        assert [x.name for x in queries.leading_group(cast.street.pk, on=day)] == [name]
    assert queries.leading_group(cast.street.pk, on=date(2023, 12, 31)) == []


def test_the_group_is_in_order(cast: Cast, clerk: User) -> None:
    for duty in ("liaison", "deputy", "head"):
        operations.set_leader(cast.street, duty=duty, name=duty, phone="0591", by=clerk)
    assert [x.duty for x in queries.leading_group(cast.street.pk)] == ["head", "deputy", "liaison"]
    assert [x.name for x in queries.liaisons([cast.street.pk, cast.office.pk])] == ["liaison"]


def test_it_records_it_without_the_name(cast: Cast, clerk: User, told: Facts) -> None:
    leader = operations.set_leader(cast.street, duty="head", name="林某某", by=clerk)
    assert told(cast.street) == ["unit.leader_set"]
    payload = Event.objects.get(subject_uid=cast.street.uid).payload
    assert payload["leadership_id"] == leader.pk
    assert "林某某" not in str(payload)


def test_it_refuses_who_may_not(cast: Cast, clerk: User) -> None:
    with refused("people.not_allowed"):
        operations.set_leader(cast.other_street, duty="head", name="林", by=clerk)


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2024, 6, 1)])
def test_it_refuses_a_day_before_the_last_change(cast: Cast, clerk: User, day: date) -> None:
    operations.set_leader(cast.street, duty="head", name="林", since=date(2025, 1, 1), by=clerk)
    with refused("unit.leader_since_later"):
        operations.set_leader(cast.street, duty="head", name="陈", since=day, by=clerk)


def test_it_refuses_an_unknown_duty(cast: Cast, clerk: User) -> None:
    with refused("unit.duty_unknown"):
        operations.set_leader(cast.street, duty="king", name="林", by=clerk)

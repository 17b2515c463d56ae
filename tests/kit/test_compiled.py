"""Queries whose SQL is made once: they give what the queryset itself gives, for any values."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet

from gulou.cases import operations
from gulou.cases.models import Case
from gulou.cases.queries import case_seen_by
from gulou.cases.states import State
from gulou.kit.compiled import Compiled
from gulou.kit.errors import NotFound
from gulou.outbox.models import Event
from gulou.outbox.record import record
from gulou.people.facts import SignedOut
from gulou.people.models import Posting, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case

pytestmark = pytest.mark.django_db


@Compiled
def _joined(pks: list[int], before: datetime) -> QuerySet[User]:
    return User.objects.filter(pk__any=pks, date_joined__lt=before).order_by("pk")


@Compiled
def _posted(user_id: int) -> QuerySet[Posting]:
    return Posting.objects.filter(user_id=user_id).select_related("role", "unit")


@Compiled
def _told(name: str) -> QuerySet[Any, Any]:
    return Event.objects.filter(name=name).order_by("pk").values_list("payload", "at")


def test_it_gives_what_the_queryset_gives_for_each_values(cast: Cast) -> None:
    late = datetime(9000, 1, 1, tzinfo=UTC)
    for pks in ([cast.lin.pk], [cast.chen.pk, cast.lin.pk], [0], []):
        assert _joined(pks, late) == list(User.objects.filter(pk__in=pks).order_by("pk"))
    assert _joined([cast.lin.pk], datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_related_objects_come_along(cast: Cast, django_assert_num_queries: Any) -> None:
    expected = Posting.objects.select_related("role", "unit").filter(user=cast.lin).first()
    with django_assert_num_queries(1):
        found = _posted.first(cast.lin.pk)
        assert expected is not None
        assert found is not None
        assert (found.role.code, found.unit.code) == (expected.role.code, expected.unit.code)


def test_values_are_read_as_the_field_reads_them(cast: Cast) -> None:
    with transaction.atomic():
        record(SignedOut(reason="idle"), subject=cast.lin, actor=cast.lin.actor)
    name = SignedOut.name
    assert _told(name) == list(
        Event.objects.filter(name=name).order_by("pk").values_list("payload", "at")
    )


def test_a_value_of_another_kind_makes_another_query(cast: Cast) -> None:
    again = Compiled(lambda value: User.objects.filter(username=value))
    assert again(cast.lin.username) == [cast.lin]
    with pytest.raises(TypeError):
        again(None)


def test_a_value_that_is_not_asked_for_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not ask"):
        Compiled(lambda pk: User.objects.all())(1)


def test_a_value_that_would_stand_in_it_for_ever_is_refused(cast: Cast) -> None:
    stuck = Compiled(
        lambda units: Case.objects.filter(unit_id__any=units, assisting__overlap=units)
    )
    with pytest.raises(ValueError, match="as they were"):
        stuck([cast.street.pk])


def test_who_assists_finds_the_case_by_its_number(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    helper = [cast.department.pk]
    operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk, assisting=helper)
    assert case_seen_by(cast.chen, case.number) == case
    with pytest.raises(NotFound):
        case_seen_by(cast.zhao, case.number)

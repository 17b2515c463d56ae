"""A made-up past is as whole as one that the operations made."""

from datetime import UTC, datetime

import pytest

from gulou.bench import past
from gulou.cases import operations, queries, search, tallies
from gulou.cases.models import Case, Findable, Report, Step
from gulou.cases.queries import Filters
from gulou.cases.states import ENDED, State
from gulou.kit import clock
from gulou.kit.progress import quiet
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_snap

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
COUNT = 120


@pytest.fixture
def loaded(cast: Cast, kinds: Kinds) -> None:
    with clock.at(NOW):
        past.load_past(COUNT, progress=quiet)


def test_every_chain_holds_and_every_key_leads_somewhere(loaded: None) -> None:
    assert list(audit()) == []
    assert past.dangling() == []
    assert Case.objects.count() == Report.objects.count() == COUNT
    assert Event.objects.filter(subject_kind="cases.case").count() > 2 * COUNT


def test_a_key_that_leads_nowhere_is_named(loaded: None) -> None:
    # Without its constraint, as the load itself works.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "DELETE FROM cases_words WHERE id = (SELECT min(words_id) FROM cases_report)"
        )
    assert past.dangling() == ["cases_report.words_id"]


def test_steps_are_open_where_cases_are(loaded: None) -> None:
    for case in Case.objects.all():
        still = Step.objects.filter(case=case, ended_at=None)
        assert still.count() == (0 if case.state in ENDED else 1)
        assert case.step == still.first()


def test_the_record_of_each_state_can_be_read(loaded: None, cast: Cast) -> None:
    for state in (*past._OPEN, State.CLOSED):
        case = Case.objects.filter(state=state).first()
        assert case is not None
        assert queries.record_of(case, reader=cast.guo).story[0].name == "case.opened"
    assert queries.chips(cast.guo, Filters())["all"] == COUNT


def test_what_comes_next_goes_on_behind_it(loaded: None) -> None:
    spot = Case.objects.latest("id")
    snap = a_snap(spot.category, lat=spot.lat, lon=spot.lon)
    with clock.at(NOW):
        report = operations.receive_report(snap)
    assert report.case.pk == spot.pk + 1
    assert report.case.number > spot.number
    assert list(audit()) == []


def test_it_is_found_and_counted_as_if_it_had_happened(loaded: None) -> None:
    before = dict(Findable.objects.values_list("case_id", "terms"))
    search.find_anew(Case.objects.all())
    assert dict(Findable.objects.values_list("case_id", "terms")) == before
    assert len(before) == COUNT and list(tallies.differences()) == []

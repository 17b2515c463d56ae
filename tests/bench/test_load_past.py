"""A made-up past is as whole as one that the operations made."""

from datetime import UTC, datetime

import pytest
from django.db.models import Model

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
from tests.factories.cases import a_case, a_snap

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


def test_it_may_be_loaded_on_top_of_an_earlier_one(loaded: None) -> None:
    with clock.at(NOW):
        past.load_past(COUNT, progress=quiet)
    assert Case.objects.count() == Report.objects.count() == 2 * COUNT
    assert list(audit()) == [] and past.dangling() == [] and list(tallies.differences()) == []


def test_it_stands_as_what_the_operations_leave(loaded: None, cast: Cast, kinds: Kinds) -> None:
    for state in (State.RECEIVED, State.HANDLING, State.CLOSED, State.DECLINED, State.REDIRECTED):
        closed = state == State.CLOSED
        real = a_case(cast, kinds.rubbish, state=State.HANDLED if closed else state,
                      accuracy_m=12.0, snapped_at=NOW, address="榕楼路1号",
                      language="zh-hans")  # fmt: skip
        if closed:
            operations.close_case(real, by=cast.he)
        made_up = Case.objects.filter(state=state).first()
        assert made_up is not None
        assert _stands(made_up) == _stands(Case.objects.get(pk=real.pk))


def _stands(case: Case) -> dict[str, object]:
    """What there is of a case, without what differs from one to the next."""
    report = Report.objects.get(case=case)
    facts = Event.objects.filter(subject_uid__in=[case.uid, report.uid]).order_by("id")
    return {
        "case": _filled(case), "report": _filled(report),
        "steps": [(step.kind, step.outcome, _filled(step)) for step in case.steps.order_by("id")],
        "facts": [
            (fact.name, fact.sequence, {key: type(value) for key, value in fact.payload.items()})
            for fact in facts
        ],
        "notes": [(note.move, _filled(note)) for note in case.notes.order_by("id")],
        "terms": Findable.objects.filter(case=case).count(),
    }  # fmt: skip


def _filled(row: Model) -> list[str]:
    """Which columns say something. Limits are up to the catalogue, a cover to the photos there are,
    and nobody is warned of a made-up case."""
    left = {"due_at", "cover_id", "limit_amount", "limit_unit", "watch_at"}
    names = {field.attname for field in row._meta.local_fields} - left
    return sorted(name for name in names if getattr(row, name) not in (None, "", []))


def test_it_is_found_and_counted_as_if_it_had_happened(loaded: None) -> None:
    before = dict(Findable.objects.values_list("case_id", "terms"))
    search.find_anew(Case.objects.all())
    assert dict(Findable.objects.values_list("case_id", "terms")) == before
    assert len(before) == COUNT and list(tallies.differences()) == []

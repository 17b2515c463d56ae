"""The page that says from what on something counts as a finding."""

from dataclasses import asdict
from typing import Any

from django.test import Client

from gulou.insights import queries
from gulou.insights.states import Limits
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from tests.conftest import Cast

PAGE = "/setup/findings/"


def test_the_office_sets_the_numbers_within_their_ranges(
    cast: Cast, keeper: Client, as_user: Any
) -> None:
    assert keeper.get(PAGE).status_code == 200
    assert as_user(cast.lin).get(PAGE).status_code == 403
    assert keeper.post(PAGE, {**asdict(Limits()), "metres": 80}).status_code == 302
    assert queries.limits() == Limits(metres=80)
    refused = keeper.post(PAGE, {**asdict(Limits()), "times": 1})
    assert refused.status_code == 422
    assert queries.limits().times == 4


def test_the_history_says_who_set_what_and_takes_the_last_change_back(
    cast: Cast, keeper: Client, as_user: Any
) -> None:
    history = f"{PAGE}history/"
    assert history in keeper.get(PAGE).text
    for metres in (80, 120):
        keeper.post(PAGE, {**asdict(Limits()), "metres": metres, "times": 6})
    first, last = (one.pk for one in Event.objects.filter(name="insight.limits_set").order_by("id"))
    told = keeper.get(history).text
    assert "120" in told
    assert f"insights/{last}/" in told
    assert f"insights/{first}/" not in told
    assert as_user(cast.lin).get(history).status_code == 403
    assert as_user(cast.lin).post(f"/setup/undo/insights/{last}/").status_code == 403
    assert keeper.post(f"/setup/undo/insights/{first}/").status_code == 404
    assert queries.limits() == Limits(metres=120, times=6)
    assert keeper.post(f"/setup/undo/insights/{last}/").status_code == 302
    assert queries.limits() == Limits(metres=80, times=6)
    assert list(audit()) == []

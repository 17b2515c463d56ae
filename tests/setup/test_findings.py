"""The page that says from what on something counts as a finding."""

from dataclasses import asdict
from typing import Any

from django.test import Client

from gulou.insights import queries
from gulou.insights.states import Limits
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

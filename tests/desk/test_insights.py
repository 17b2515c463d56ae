"""The page of blind spots, weak links and hard problems, and the same for programs."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from gulou.cases.states import StepKind
from gulou.insights.models import NextStep
from gulou.kit import clock
from tests.conftest import Cast
from tests.insights.conftest import Make, make, people, work

__all__ = ["make"]

PAGE = "/desk/insights/"


@pytest.fixture(autouse=True)
def _nothing_worked_out(db: None) -> None:
    cache.clear()


@pytest.fixture
def busy(cast: Cast, make: Make) -> str:
    """The western street is late, a place is crowded, a case went back and forth."""
    for n in range(20):
        work(make(lat=26.075, address="东街口"), late=n < 14)
        work(make(cast.other_street, lat=26.06 + n * 0.002, street=cast.land.east,
                  community=cast.land.communities[2 + n % 2]), late=n < 1)  # fmt: skip
    bounced = make(returns=2)
    for _n in range(2):
        work(bounced, StepKind.ACCEPT, "returned")
    people(cast, 10_000, 10_000, 10_000, 10_000)
    return f"unit-late:{cast.street.pk}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_page_without_data_says_so(cast: Cast, as_user: Any) -> None:
    for person in (cast.guo, cast.lin, cast.chen):
        answer = as_user(person).get(PAGE)
        assert answer.status_code == 200
        assert "No kind of problem crowds at any place." in text(answer)
    assert "Nobody has entered yet how many people" in text(as_user(cast.guo).get(PAGE))
    assert "Your units look after no area." in text(as_user(cast.chen).get(PAGE))
    odd = as_user(cast.guo).get(f"{PAGE}?since=2026-99-01&until=1")
    assert odd.status_code == 200


def test_it_names_what_stands_out_and_leads_to_the_cases(
    cast: Cast, busy: str, as_user: Any
) -> None:
    guo = as_user(cast.guo)
    page = text(guo.get(PAGE))
    assert "late 70 %, the district 38 %" in page
    assert "14 of 20; 95 % interval 48 % to 85 %" in page
    assert "no report at all in 90 days" in page
    assert "given back 2 times" in page
    behind = text(guo.get(f"{PAGE}cases/?finding={busy}"))
    assert behind.count('class="row-title"') == 14
    assert guo.get(f"{PAGE}cases/?finding=nonsense").status_code == 404
    (point,) = guo.get(f"{PAGE}points.json").json()["features"]
    assert "东街口" in point["properties"]["title"]
    assert text(guo.get(point["properties"]["url"])).count('class="row-title"') == 20


def test_a_street_sees_itself_only(cast: Cast, busy: str, as_user: Any) -> None:
    zhao = as_user(cast.zhao)
    page = text(zhao.get(PAGE))
    assert cast.street.name_en not in page
    assert "东街口" not in page
    assert zhao.get(f"{PAGE}cases/?finding={busy}").status_code == 404
    assert zhao.get(f"{PAGE}points.json").json()["features"] == []


def test_the_next_step_goes_on_record_and_errors_keep_the_words(
    cast: Cast, busy: str, as_user: Any
) -> None:
    guo = as_user(cast.guo)
    refused = guo.post(f"{PAGE}step/", {"finding": busy, "what": "", "words": "下周去看"})
    assert refused.status_code == 422
    assert "下周去看" in text(refused)
    said = {"finding": busy, "what": "nothing", "words": "人员已调整"}
    assert guo.post(f"{PAGE}step/", said).status_code == 302
    assert "人员已调整" in text(guo.get(PAGE))
    assert "Next step" not in text(as_user(cast.wu).get(PAGE))
    assert as_user(cast.wu).post(f"{PAGE}step/", said).status_code == 403
    assert NextStep.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["since=9999-01-01&until=9999-12-31", "since=0001-01-01&until=0001-01-02", "since=2101-01-01&until=2101-01-02"]
)  # fmt: skip
def test_days_beyond_all_calendars_break_nothing(cast: Cast, as_user: Any, query: str) -> None:
    guo = as_user(cast.guo)
    assert guo.get(f"{PAGE}?{query}").status_code == 200
    assert guo.get(f"/api/v1/insights?{query}").status_code == 422
    assert guo.get("/api/v1/insights?until=0001-01-02").status_code == 422


def test_a_program_that_names_the_last_day_gets_the_ninety_up_to_it(
    cast: Cast, as_user: Any
) -> None:
    told = as_user(cast.guo).get("/api/v1/insights?until=2026-06-30").json()
    assert (told["since"], told["until"]) == ("2026-04-02", "2026-06-30")


def test_words_for_what_is_not_found_any_more_are_kept(cast: Cast, busy: str, as_user: Any) -> None:
    said = {"finding": f"unit-late:{cast.department.pk}", "what": "nothing", "words": "人员已调整"}
    refused = as_user(cast.guo).post(f"{PAGE}step/", said)
    assert refused.status_code == 404
    assert "人员已调整" in text(refused) and "not found any more" in text(refused)


def test_what_is_not_compared_now_is_not_said_to_be_better(
    cast: Cast, busy: str, as_user: Any
) -> None:
    guo = as_user(cast.guo)
    guo.post(f"{PAGE}step/", {"finding": busy, "what": "nothing", "words": "人员已调整"})
    day = (clock.now() + timedelta(days=5)).date().isoformat()
    later = text(guo.get(f"{PAGE}?since={day}&until={day}"))
    assert "Not compared now" in later and "Stands out no more" not in later
    assert cast.street.name_en in later


def test_an_order_is_opened_over_exactly_those_cases(cast: Cast, busy: str, as_user: Any) -> None:
    guo = as_user(cast.guo)
    answer = guo.post(f"{PAGE}step/", {"finding": busy, "what": "order", "words": "请督办"})
    assert answer.status_code == 302
    page = text(guo.get(answer["Location"]))
    assert 'formaction="/desk/orders/give/"' in page
    numbers = re.findall(r'name="number" value="([^"]+)"', page)
    assert len(numbers) == 14
    form = guo.get("/desk/orders/give/", {"number": numbers})
    assert form.status_code == 200
    assert numbers[0] in text(form)
    assert "formaction" not in text(as_user(cast.wu).get(answer["Location"]))


def test_programs_read_the_same_and_say_the_next_step(cast: Cast, busy: str, as_user: Any) -> None:
    guo = as_user(cast.guo)
    told = guo.get("/api/v1/insights").json()
    found = {one["finding"]: one for one in told["findings"]}
    assert found[busy]["basis"] == {"hits": 14, "of": 20, "usual": 0.375}
    assert found[busy]["headline"] == "late 70 %, the district 38 %"
    behind = guo.get("/api/v1/insights/cases", {"finding": busy}).json()
    assert (behind["count"], len(behind["numbers"])) == (14, 14)
    days = {"since": told["since"], "until": told["until"]}
    body = json.dumps({"finding": busy, "what": "order", "words": "督办", **days})
    made = guo.post("/api/v1/insights/steps", body, content_type="application/json")
    assert made.status_code == 201
    assert guo.get("/api/v1/insights").json()["findings"][0]["steps"] is not None
    lin = as_user(cast.lin).post("/api/v1/insights/steps", body, content_type="application/json")
    assert lin.status_code == 403
    assert busy not in {
        one["finding"] for one in as_user(cast.zhao).get("/api/v1/insights").json()["findings"]
    }

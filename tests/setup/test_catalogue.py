"""The pages of categories, limits, reasons and channels."""

from typing import Any

import pytest
from django.test import Client

from gulou.cases import operations as cases
from gulou.catalogue import operations
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import Reason
from gulou.kit.errors import NotAllowed, Refusal
from gulou.outbox.models import Event
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, a_snap
from tests.factories.catalogue import ElsewhereFactory, RuleFactory


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_every_page_opens_for_who_may_and_for_nobody_else(
    cast: Cast, keeper: Client, kinds: Kinds, as_user: Any
) -> None:
    lin, reason = as_user(cast.lin), Reason.objects.get(kind="return")
    other = ElsewhereFactory.create()
    for address in (
        "categories/", "categories/?show=all", "categories/new/", "categories/history/",
        f"categories/{kinds.rubbish.pk}/", f"categories/{kinds.a_class.pk}/",
        f"categories/{kinds.a_class.pk}/retire/", f"categories/{kinds.rubbish.pk}/history/",
        f"categories/{kinds.rubbish.pk}/conditions/new/", f"conditions/{kinds.danger.pk}/",
        "limits/", "limits/history/", "limits/intake/", "reasons/", "reasons/new/",
        "reasons/history/", f"reasons/{reason.pk}/", "channels/", "channels/web/",
        "channels/hotline/", "channels/history/", "elsewhere/new/", f"elsewhere/{other.pk}/",
    ):  # fmt: skip
        assert keeper.get(f"/setup/{address}").status_code == 200, address
        assert lin.get(f"/setup/{address}").status_code == 403, address
    for address in ("categories/0/", "conditions/0/", "limits/moon/", "channels/moon/"):
        assert keeper.get(f"/setup/{address}").status_code == 404, address


def described(**given: Any) -> dict[str, Any]:
    return {
        "name_zh": "垃圾", "name_en": "Rubbish", "public_rank": 1, "position": 0,
        "evidence": "photo", **given,
    }  # fmt: skip


def test_a_category_is_renamed_and_the_history_takes_it_back(keeper: Client, kinds: Kinds) -> None:
    page = f"/setup/categories/{kinds.rubbish.pk}/"
    assert keeper.post(page, described()).status_code == 302
    assert catalogue.category_ref(kinds.rubbish.pk).name_en == "Rubbish"
    event = Event.objects.get(name="category.changed")
    assert f"/setup/undo/catalogue/{event.pk}/" in text(keeper.get(f"{page}history/"))
    keeper.post(f"/setup/undo/catalogue/{event.pk}/")
    assert catalogue.category_ref(kinds.rubbish.pk).name_en == "Exposed rubbish"


def test_who_may_not_take_back_is_not_told_what_stands_in_the_way(
    keeper: Client, cast: Cast, kinds: Kinds
) -> None:
    for name in ("Litter", "Rubbish again"):
        keeper.post(f"/setup/categories/{kinds.rubbish.pk}/", described(name_en=name))
    older = Event.objects.filter(name="category.changed").earliest("id")
    with pytest.raises(NotAllowed):
        operations.take_back(older.pk, by=cast.lin)


def test_what_is_wrong_keeps_what_was_typed(keeper: Client, kinds: Kinds) -> None:
    answer = keeper.post(
        f"/setup/categories/{kinds.rubbish.pk}/", described(name_zh="", name_en="Still here")
    )
    assert answer.status_code == 422
    assert "Still here" in text(answer)


def test_retiring_says_first_what_uses_it(cast: Cast, keeper: Client, kinds: Kinds) -> None:
    rule = RuleFactory.create(category=kinds.rubbish)
    a_case(cast, kinds.rubbish)
    page = f"/setup/categories/{kinds.rubbish.pk}/retire/"
    seen = text(keeper.get(page))
    assert "1 open case keeps it" in seen
    assert f"/setup/rules/{rule.pk}/" in seen
    keeper.post(page)
    assert catalogue.category_ref(kinds.rubbish.pk).active, "nobody has confirmed it"
    keeper.post(page, {"confirmed": "1"})
    assert not catalogue.category_ref(kinds.rubbish.pk).active
    keeper.post(f"/setup/categories/{kinds.rubbish.pk}/restore/")
    assert catalogue.category_ref(kinds.rubbish.pk).active


def test_a_category_and_a_condition_are_added(keeper: Client, kinds: Kinds) -> None:
    limit = {"amount": 2, "time_unit": "working_day"}
    keeper.post("/setup/categories/new/", described(parent=kinds.a_class.pk, **limit))
    made = catalogue.category_coded("event.01.99")
    keeper.post(
        f"/setup/categories/{made.id}/conditions/new/",
        {"name_zh": "大件", "name_en": "Bulky", **limit},
    )
    assert [one.code for one in catalogue.conditions_of(made.id)] == ["1", "2"]


def test_a_condition_gets_another_limit_and_another_name_at_once(
    keeper: Client, kinds: Kinds
) -> None:
    form = {"name_zh": "危险", "name_en": "Danger", "amount": 1, "time_unit": "urgent_hour"}
    keeper.post(f"/setup/conditions/{kinds.danger.pk}/", form)
    found = catalogue.condition_ref(kinds.danger.pk, category_id=kinds.rubbish.pk)
    assert (found.name_en, found.limit.amount) == ("Danger", 1)
    keeper.post(f"/setup/conditions/{kinds.danger.pk}/switch/")
    assert kinds.danger.pk not in {one.id for one in catalogue.conditions_of(kinds.rubbish.pk)}


def test_a_changed_limit_moves_no_deadline_that_runs(
    cast: Cast, keeper: Client, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish)
    due = case.due_at
    keeper.post("/setup/limits/intake/", {"amount": 60, "time_unit": "minute"})
    case.refresh_from_db()
    limit = catalogue.step_limit("intake")
    assert (case.due_at, limit and limit.amount) == (due, 60)
    assert "deadlines that run do not move" in text(keeper.get("/setup/limits/"))


def test_the_last_reason_cannot_go(keeper: Client, kinds: Kinds) -> None:
    only = Reason.objects.get(kind="return")
    assert keeper.post(f"/setup/reasons/{only.pk}/switch/").status_code == 409
    keeper.post("/setup/reasons/new/", {"kind": "return", "name_zh": "重复", "name_en": "Twice"})
    keeper.post(f"/setup/reasons/{only.pk}/switch/")
    assert [one.name_en for one in catalogue.reasons("return")] == ["Twice"]


CLOSED = {"closed_zh": "维护至周五", "closed_en": "Maintenance until Friday"}


def test_a_closed_web_page_says_so_and_takes_no_report(keeper: Client, kinds: Kinds) -> None:
    keeper.post("/setup/channels/hotline/", {"is_open": "on", "number": "0591-00000000"})
    keeper.post("/setup/channels/web/", CLOSED)
    page = text(Client().get("/report/"))
    assert "Maintenance until Friday" in page
    assert "0591-00000000" in page
    assert 'name="client_id"' not in page
    with pytest.raises(Refusal, match="channel_closed"):
        a_case_by_web(kinds)
    keeper.post("/setup/channels/web/", {"is_open": "on", **CLOSED})
    assert a_case_by_web(kinds)


def a_case_by_web(kinds: Kinds) -> Any:
    return cases.receive_report(a_snap(kinds.rubbish))


def test_no_answer_is_mailed_while_that_is_closed(cast: Cast, keeper: Client, kinds: Kinds) -> None:
    assert catalogue.channel("mail").is_open
    keeper.post("/setup/channels/mail/", {"closed_zh": ""})
    assert not catalogue.channel("mail").is_open


def test_a_place_of_help_is_kept(keeper: Client, kinds: Kinds) -> None:
    form = {
        "kind": "danger", "name_zh": "急救", "name_en": "Ambulance", "number": "120",
        "words_zh": "请拨打 120。", "words_en": "Call 120.", "keywords": "晕倒 heart+attack",
        "rank": 1,
    }  # fmt: skip
    assert keeper.post("/setup/elsewhere/new/", form).status_code == 302
    [ref] = catalogue.elsewhere()
    assert ref.keywords == ("晕倒", "heart+attack")
    assert operations.can_take_back(Event.objects.get(name="elsewhere.changed"))


def test_how_cases_are_checked_is_set_for_all_and_for_a_category(
    cast: Cast, keeper: Client, kinds: Kinds, as_user: Any
) -> None:
    sent = {"way": "on_spot", "blind_share": 5, "first_days": 7, "first_share": 10,
            "second_days": 30, "second_share": 5}  # fmt: skip
    assert keeper.post("/setup/checkings/all/", sent).status_code == 302
    own = {**sent, "of": str(kinds.rubbish.pk), "blind_share": 50}
    assert keeper.post("/setup/checkings/own/", own).status_code == 302
    assert catalogue.checking_for(kinds.rubbish.pk).blind_share == 50
    assert catalogue.checking_for(kinds.smoking.pk).blind_share == 5
    listed = text(keeper.get("/setup/checkings/"))
    assert "50 %" in listed and "after 7 days 10 %" in listed
    page = f"/setup/checkings/{kinds.rubbish.pk}/"
    assert keeper.post(page, {**sent, "second_days": 3}).status_code == 422
    assert keeper.post(f"{page}end/").status_code == 302
    assert catalogue.checking_for(kinds.rubbish.pk).blind_share == 5
    event = Event.objects.filter(name="checking.set").latest("pk")
    assert f"/setup/undo/catalogue/{event.pk}/" in text(keeper.get("/setup/checkings/history/"))
    assert as_user(cast.lin).get("/setup/checkings/").status_code == 403

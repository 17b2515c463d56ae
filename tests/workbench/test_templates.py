"""Texts to answer with: the office's, and one's own."""

import pytest
from django.utils import translation

from gulou.cases.models import Words
from gulou.cases.states import State
from gulou.catalogue.states import MANAGE
from gulou.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.workbench import operations, placeholders, queries
from gulou.workbench.models import AnswerTemplate
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.factories.people import PostingFactory, RoleFactory


@pytest.fixture
def keeper(cast: Cast) -> User:
    """Guo may also change what the office has set."""
    role = RoleFactory.create(verbs=[MANAGE], reaches_below=True)
    PostingFactory.create(user=cast.guo, unit=cast.root, role=role)
    return cast.guo


def _template(
    by: User, *, text: str = "{number} 由 {unit} 处理", **given: object
) -> AnswerTemplate:
    values: dict[str, object] = {"title": "受理", "language": "zh-hans", **given}
    return operations.set_template(by=by, text=text, **values)  # type: ignore[arg-type]  # its fields


def test_the_office_s_are_for_all_and_one_s_own_for_oneself(cast: Cast, keeper: User) -> None:
    _template(keeper, move="decline")
    _template(cast.lin, title="我的", own=True)
    seen = [(t.title, t.own) for t in queries.templates_for(cast.lin)]
    assert seen == [("我的", True), ("受理", False)]
    assert [t.title for t in queries.templates_for(cast.chen)] == ["受理"]
    assert [t.title for t in queries.templates_for(cast.lin, move="note")] == ["我的"]
    titles = Event.objects.filter(name="template.set").order_by("id")
    assert [e.payload["title"] for e in titles] == ["受理", ""], "a private name is no fact"
    assert "处理" not in str([e.payload for e in titles])


def test_a_change_keeps_what_it_said_before(cast: Cast, keeper: User) -> None:
    template = _template(keeper)
    operations.set_template(
        template, by=keeper, title="受理", text="改过的", language="zh-hans", move="file"
    )
    operations.retire_template(template, by=keeper)
    said = [(c.text, c.move, c.retired, c.who) for c in queries.history_of(template)]
    assert said == [
        ("改过的", "file", True, "Guo"), ("改过的", "file", False, "Guo"),
        ("{number} 由 {unit} 处理", "", False, "Guo"),
    ]  # fmt: skip
    assert queries.templates_for(cast.lin) == [] and Words.objects.count() == 2
    assert list(audit()) == []
    with pytest.raises(Refusal):
        operations.retire_template(template, by=keeper)
    with pytest.raises(NotFound):
        queries.template_of(keeper, template.uid)


def test_who_may_not_is_refused(cast: Cast, keeper: User) -> None:
    with pytest.raises(NotAllowed):
        _template(cast.lin)
    mine = _template(cast.lin, own=True)
    with pytest.raises(NotAllowed):
        operations.retire_template(mine, by=keeper)
    with pytest.raises(NotAllowed):
        operations.set_template(mine, by=cast.chen, title="x", text="y", language="en")
    with pytest.raises(NotFound):
        queries.template_of(cast.chen, mine.uid)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "{phone} 的案子"}, "text"),
        ({"text": " "}, "text"),
        ({"title": ""}, "title"),
        ({"title": "字" * 61}, "title"),
        ({"language": "tlh"}, "language"),
        ({"move": "sing"}, "move"),
    ],
)
def test_it_refuses_what_cannot_be_used(cast: Cast, given: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        _template(cast.lin, own=True, **given)
    assert refused.value.field == field


def test_a_name_is_taken_once(cast: Cast) -> None:
    _template(cast.lin, own=True)
    with pytest.raises(Invalid):
        _template(cast.lin, own=True)
    _template(cast.chen, own=True)


def test_the_case_fills_every_placeholder_and_nothing_a_reporter_wrote(
    cast: Cast, kinds: Kinds
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING, address="王大姐家门口")
    with translation.override("zh-hans"):
        values = queries.values_of(case)
        text = placeholders.fill(" ".join(f"{{{n}}}" for n in placeholders.PLACEHOLDERS), values)
    assert "{" not in text and case.number in text and "W区域W1区域" in text
    assert "王大姐" not in text

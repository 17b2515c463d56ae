"""The office's own texts to answer with: set, changed, retired, taken back."""

from typing import Any

from django.forms import ChoiceField, Form
from django.test import Client

from gulou.outbox.models import Event
from gulou.setup.templatetags.setup import is_long
from gulou.workbench.models import AnswerTemplate
from gulou.workbench.queries import templates_for
from tests.conftest import Cast

PAGE = "/setup/templates/"
SAID = {"title": "Thanks", "text": "Case {number} is done.", "move": "", "language": "en"}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def take_back(client: Client, name: str) -> None:
    event = Event.objects.filter(name=name).latest("id")
    client.post(f"/setup/undo/workbench/{event.pk}/")


def offered(cast: Cast) -> list[str]:
    return [one.text for one in templates_for(cast.lin)]


def test_a_template_is_set_changed_retired_and_each_is_taken_back(
    cast: Cast, keeper: Client
) -> None:
    assert keeper.post(f"{PAGE}new/", SAID).status_code == 302
    one = AnswerTemplate.objects.get()
    here = f"{PAGE}{one.uid}/"
    keeper.post(here, {**SAID, "text": "Done: {number}."})
    assert offered(cast) == ["Done: {number}."]
    seen = text(keeper.get(f"{here}history/"))
    assert "<del>Case {number} is done.</del>" in seen
    take_back(keeper, "template.set")
    assert offered(cast) == ["Case {number} is done."]
    keeper.post(f"{here}switch/")
    assert offered(cast) == [] and "Thanks" in text(keeper.get(f"{PAGE}?show=retired"))
    take_back(keeper, "template.retired")
    assert offered(cast) == ["Case {number} is done."]
    first = Event.objects.filter(name="template.set").earliest("id")
    keeper.post(f"/setup/undo/workbench/{first.pk}/")
    assert offered(cast), "newer changes stand in the way"


def test_a_text_that_no_case_could_fill_stays_typed(cast: Cast, keeper: Client) -> None:
    answer = keeper.post(f"{PAGE}new/", {**SAID, "text": "Hello {moon}"})
    assert answer.status_code == 422 and "Hello {moon}" in text(answer)


def test_only_who_keeps_the_catalogue_opens_them(cast: Cast, keeper: Client, as_user: Any) -> None:
    keeper.post(f"{PAGE}new/", SAID)
    one, lin = AnswerTemplate.objects.get(), as_user(cast.lin)
    for address in (
        PAGE,
        f"{PAGE}new/",
        f"{PAGE}history/",
        f"{PAGE}{one.uid}/",
        f"{PAGE}{one.uid}/history/",
    ):
        assert keeper.get(address).status_code == 200, address
        assert lin.get(address).status_code == 403, address
    event = Event.objects.get(name="template.set")
    assert lin.post(f"/setup/undo/workbench/{event.pk}/").status_code == 403
    assert lin.post(f"{PAGE}{one.uid}/switch/").status_code == 403
    assert offered(cast)


def test_long_lists_can_be_narrowed_and_short_ones_need_not(cast: Cast, keeper: Client) -> None:
    assert 'data-pick-from-value="#id_area"' in text(keeper.get("/setup/rules/new/"))
    short = ChoiceField(choices=[(n, n) for n in range(14)])
    long = ChoiceField(choices=[("", ""), ("group", [(n, n) for n in range(14)])])
    form = type("Both", (Form,), {"short": short, "long": long})()
    assert (is_long(form["short"]), is_long(form["long"])) == (False, True)

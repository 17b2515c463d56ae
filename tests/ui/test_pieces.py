"""What the tags draw."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from gulou.kit import clock
from gulou.ui.looks import LOOK_OF_STATE

GULOU = Path(__file__).resolve().parents[2] / "gulou"
NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)


def draw(source: str, **given: Any) -> str:
    with clock.at(NOW):
        return Template("{% load ui %}" + source).render(Context(given))


class Form(forms.Form):
    words = forms.CharField(label="Words", help_text="A few")
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)


@pytest.mark.parametrize(
    ("language", "names", "shown"),
    [
        ("zh-hans", ("东街街道", "Dongjie"), "东街街道"),
        ("en", ("东街街道", "Dongjie"), "Dongjie"),
        ("en", ("东街街道", ""), "东街街道"),
        ("zh-hans", ("", "Dongjie"), "Dongjie"),
    ],
)
def test_a_name_is_in_the_readers_language(
    language: str, names: tuple[str, str], shown: str
) -> None:
    area = {"name_zh": names[0], "name_en": names[1]}
    with translation.override(language):
        assert draw("{{ area|name }}", area=area) == shown
        assert draw("{{ area|name }}", area=SimpleNamespace(**area)) == shown
    assert draw("{{ area|name }}", area=None) == ""


def test_a_late_case_says_so_in_word_icon_and_exact_time() -> None:
    drawn = draw("{% time_left due %}", due=NOW - timedelta(minutes=40))
    assert 'class="time-left late"' in drawn
    assert "late by 40 min" in drawn
    assert 'title="2026-11-23 13:25"' in drawn


def test_a_timeline_tells_the_hour_of_what_is_older_than_a_day() -> None:
    drawn = [draw("{{ at|happened }}", at=NOW - timedelta(hours=h)) for h in (3, 25)]
    assert "3 h ago<" in drawn[0]
    assert "22 Nov 13:05<" in drawn[1]


def test_an_ended_clock_shows_only_lateness() -> None:
    due = NOW
    assert draw("{% time_left due ended=end %}", due=due, end=due - timedelta(hours=1)) == ""
    assert "late by 1 h" in draw(
        "{% time_left due ended=end %}", due=due, end=due + timedelta(hours=1)
    )


def test_a_state_has_word_icon_and_tone() -> None:
    drawn = draw('{% state "handled" "To be rechecked" %}')
    assert 'class="badge tone-recheck"' in drawn
    assert "<svg" in drawn
    assert "To be rechecked" in drawn


def test_words_of_people_are_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    for source in (
        '{% badge evil "late" %}', "{% chip evil evil %}", "{% tab evil evil %}", "{% face evil %}",
        "{% icon 'x' label=evil %}", "{% ui 'timeline_item' what=evil words=evil when=now who=evil %}",
        "{% ui 'empty' title=evil words=evil %}", "{% ui 'toast' words=evil %}",
    ):  # fmt: skip
        drawn = draw(source, evil=evil, now=NOW)
        assert "<script" not in drawn, source


def test_an_icon_out_of_data_that_is_not_in_the_set_is_a_dot() -> None:
    assert draw('{% icon "no-such" %}') == draw('{% icon "point" %}')


def test_every_icon_that_pages_and_looks_name_is_in_the_set() -> None:
    drawn = set(json.loads((GULOU / "ui" / "icons.json").read_text()))
    named = {look.icon for look in LOOK_OF_STATE.values()}
    for page in GULOU.rglob("templates/**/*.html"):
        text = page.read_text(encoding="utf-8")
        named |= set(re.findall(r'{% icon "([^"]+)"', text))
        named |= set(re.findall(r'\bsign="([^"]+)"', text))
    assert named - drawn == set()


def test_a_wrong_field_is_wired_to_its_hint_and_error() -> None:
    drawn = draw("{% field form.words %}", form=Form({"words": ""}))
    assert 'aria-describedby="id_words_hint id_words_error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_words_error"' in drawn
    assert 'for="id_words"' in drawn


def test_a_group_of_choices_is_a_fieldset() -> None:
    drawn = draw("{% field form.kind %}", form=Form())
    assert drawn.startswith("<fieldset")
    assert "<legend>Kind" in drawn


def test_stars_need_no_script() -> None:
    drawn = draw('{% rating "stars" label="How" value=3 %}')
    assert drawn.count('type="radio"') == 5
    assert drawn.count("checked") == 1
    assert 'aria-label="1 star"' in drawn


def test_progress_knows_past_present_and_what_is_ahead() -> None:
    drawn = draw("{% progress steps 1 %}", steps=["a", "b", "c"])
    assert re.findall(r"progress-step (\w+)", drawn) == ["past", "now", "ahead"]
    assert drawn.count('aria-current="step"') == 1


def test_a_piece_does_not_see_the_page_around_it() -> None:
    drawn = draw('{% ui "empty" title="Nothing" %}', words="of the page", action_url="/leak/")
    assert "of the page" not in drawn
    assert "/leak/" not in drawn


def test_no_page_writes_script_or_style_in_line() -> None:
    for page in GULOU.rglob("templates/**/*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"\son\w+=|\shx-on|\sstyle=|javascript:", text), page
        for tag in re.findall(r"<(?:script|style)\b[^>]*>", text):
            # Data for machines is never run.
            data = re.search(r'type="application/(ld\+)?json"', tag)
            assert "nonce=" in tag or data, page


def test_what_is_kept_is_drawn_once_for_each_value_and_language() -> None:
    drawn = Template(
        "{% load ui i18n %}{% kept n %}{{ n }}{{ other }}{% translate 'Close' %}{% endkept %}"
    )
    with translation.override("en"):
        first = drawn.render(Context({"n": 1, "other": "a"}))
        assert drawn.render(Context({"n": 1, "other": "b"})) == first == "1aClose"
        assert drawn.render(Context({"n": 2, "other": "b"})) == "2bClose"
    with translation.override("zh-hans"):
        assert drawn.render(Context({"n": 1, "other": "c"})).startswith("1c")


@pytest.mark.parametrize(
    "piece",
    ["badge words", "chip words words", "tab words words", "face words", "icon 'x' label=words"],
)
def test_words_are_escaped(piece: str) -> None:
    drawn = Template("{% load ui %}{% " + piece + " %}").render(Context({"words": '<b>"&'}))
    assert "<b>" not in drawn
    assert "&lt;" in drawn

"""The components of a page. docs/ui.md shows each with an example; /ui/ shows them all at work."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template import Engine, Node, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django_vite.core.asset_loader import DjangoViteAssetLoader  # type: ignore[import-untyped]
from django_vite.core.exceptions import (  # type: ignore[import-untyped]
    DjangoViteAssetNotFoundError,
    DjangoViteManifestError,
)

from gulou.kit import clock
from gulou.ui import looks, times
from gulou.ui.qr import qr_svg

register = template.Library()

CARRIED = ("request", "csrf_token", "demo", "base_map_style", "CSP_NONCE")


# Words and times


@register.filter
def name(thing: Any) -> str:
    """The name of an area, unit or category in the reader's language; the other one if it has none.

    Takes an object or a mapping with `name_zh` and `name_en`.
    """
    if not thing:
        return ""
    keys = ("name_zh", "name_en")
    zh, en = (thing.get(k) if isinstance(thing, Mapping) else getattr(thing, k, "") for k in keys)
    english = (get_language() or "").startswith("en")
    return str((en or zh) if english else (zh or en))


@register.filter
def moment(instant: datetime | None) -> SafeString:
    """2026-11-23 14:05."""
    return _time(instant, times.moment(instant)) if instant else mark_safe("")


@register.filter
def day(instant: datetime | None) -> SafeString:
    """11月23日 or 23 Nov, the exact time in its title."""
    if not instant:
        return mark_safe("")
    return _time(instant, times.day(instant, now=clock.now()))


@register.filter
def ago(instant: datetime | None) -> SafeString:
    """3 小时前 up to a day, then the date; the exact time in its title."""
    if not instant:
        return mark_safe("")
    return _time(instant, times.ago(instant, now=clock.now()))


@register.filter
def happened(instant: datetime) -> SafeString:
    """As `ago`, with the hour after the date: in a timeline much happens on one day."""
    now = clock.now()
    old = now - instant >= times.DAY
    words = times.day_and_hour(instant, now=now) if old else times.ago(instant, now=now)
    return _time(instant, words)


@register.simple_tag
def time_left(due: datetime | None, *, ended: datetime | None = None) -> SafeString:
    """还剩 3 小时 20 分 with its icon; late in vermilion. With `ended` the clock stood still there."""
    if not due:
        return mark_safe("")
    found = times.left(due, now=ended or clock.now())
    if ended and found.tone != "late":
        return mark_safe("")
    sign = icon("clock-exclamation" if found.tone == "late" else "clock")
    return SafeString(
        f'<time class="time-left {found.tone}" datetime="{due.isoformat()}" '
        f'title="{times.moment(due)}">{sign}{escape(found.words)}</time>'
    )


def _time(instant: datetime, words: str) -> SafeString:
    exact = times.moment(instant)
    return SafeString(
        f'<time datetime="{instant.isoformat()}" title="{exact}">{escape(words)}</time>'
    )


# Pieces with a template of their own


@register.simple_tag(takes_context=True)
def ui(context: Context, piece: str, **given: Any) -> SafeString:
    """`{% ui "empty" title=… %}`: the piece ui/empty.html with what is given and nothing else.

    Unlike an include it does not see the page's own `title` or `photos`; only what every piece may
    need comes along.
    """
    carried = {key: context[key] for key in CARRIED if key in context}
    drawn = _engine(context).get_template(f"ui/{piece}.html")
    return drawn.render(context.new(carried | given))


# What stays the same from page to page


@register.tag
def kept(parser: Parser, token: Token) -> "Kept":
    """`{% kept may_enter queue_count %}…{% endkept %}`: drawn once for each language and for each
    of these values. Nothing inside may depend on anything else, and no block may stand in it."""
    _tag, *values = token.split_contents()
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodes, [parser.compile_filter(value) for value in values])


class Kept(Node):
    """A part of a frame, and how it was drawn."""

    _MOST = 500
    child_nodelists = ("_nodes",)

    def __init__(self, nodes: NodeList, values: list[FilterExpression]) -> None:
        self._nodes, self._values = nodes, values
        self._drawn: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """As it was drawn before for the same values; else drawn now."""
        key = (get_language(), *(str(value.resolve(context)) for value in self._values))
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._nodes.render(context)
            if len(self._drawn) < self._MOST:
                self._drawn[key] = drawn
        return drawn


# Small pieces. A page has hundreds of them, so they are put together by hand: what is not markup goes
# through html.escape, which takes a third of the time of format_html.


@register.simple_tag
def icon(name: str, *, size: int = 0, label: str = "", kind: str = "") -> SafeString:
    """An outline of the Tabler set, as tall as the text; `size` 24 or 32 for larger ones.

    Without `label` it is hidden from screen readers: words stand beside it. An icon that is not in
    the set is drawn as a dot (names may come from data); tests check the names in templates.
    """
    return _icon(name, size, str(label), kind)


@lru_cache(maxsize=2000)
def _icon(name: str, size: int, label: str, kind: str) -> SafeString:
    drawn = _icons()
    classes = "icon" + (f" icon-{size}" if size else "") + (f" {escape(kind)}" if kind else "")
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return SafeString(
        f'<svg class="{classes}" viewBox="0 0 24 24" {role}>{drawn.get(name, drawn["point"])}</svg>'
    )


@register.simple_tag
def badge(words: Any, tone: str = "", *, sign: str = "", big: bool = False) -> SafeString:
    """A word with an icon and a tone: waiting, underway, recheck, done, late or none."""
    classes = "badge" + (f" tone-{escape(tone)}" if tone else "") + (" badge-big" if big else "")
    drawn = icon(sign or looks.ICON_OF_TONE.get(tone, "point"))
    return SafeString(f'<span class="{classes}">{drawn}{_safe(words)}</span>')


@register.simple_tag
def qr(text: str, *, label: str) -> SafeString:
    """A link as a code for another device's camera: `{% qr link label=_("…") %}`."""
    return qr_svg(text, label=label)


@register.simple_tag
def state(value: str, words: Any, *, big: bool = False) -> SafeString:
    """The badge of a case's state: `{% state case.state case.get_state_display %}`."""
    look = looks.look_of(value)
    return badge(words, look.tone, sign=look.icon, big=big)


@register.simple_tag
def chip(words: Any, url: str, *, count: int | None = None, on: bool = False) -> SafeString:
    """A filter that lives in the URL, with how many it would show."""
    current = ' aria-current="true"' if on else ""
    return SafeString(
        f'<a class="chip" href="{escape(url)}"{current}>{_safe(words)}{_count(count)}</a>'
    )


@register.simple_tag
def tab(words: Any, url: str, *, count: int | None = None, on: bool = False) -> SafeString:
    """One of a `<nav class="tabs">`."""
    current = ' aria-current="page"' if on else ""
    return SafeString(f'<a href="{escape(url)}"{current}>{_safe(words)}{_count(count)}</a>')


def _count(count: int | None) -> str:
    return "" if count is None else f' <span class="count">{count}</span>'


@register.simple_tag
def face(words: Any) -> SafeString:
    """A round mark with the first character of a unit's or a person's name."""
    return SafeString(f'<span class="face" aria-hidden="true">{escape(str(words)[:1])}</span>')


def _safe(words: Any) -> str:
    """Words as they stand in markup, and what is markup already as it is."""
    said = words if isinstance(words, str) else str(words)
    return said if isinstance(said, SafeString) else escape(said)


# Forms


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField, *, label: Any = None, hint: Any = None, optional: bool | None = None
) -> dict[str, Any]:
    """A form field: question, reason under it, the answer, the error beside it, wired for readers."""
    widget = bound.field.widget
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    described = [
        f"{bound.auto_id}_{part}"
        for part, there in (("hint", hint or bound.help_text), ("error", bound.errors))
        if there
    ]
    attrs: dict[str, str | bool] = (
        {"aria-describedby": " ".join(described)} if described and not many else {}
    )
    if bound.errors and not many:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "optional": not bound.field.required if optional is None else optional,
        "many": many,
        "single": isinstance(widget, CheckboxInput),
        "described": " ".join(described),
    }


@register.inclusion_tag("ui/rating.html")
def rating(
    field_name: str, *, label: Any, value: int | None = None, top: int = 5, error: Any = ""
) -> dict[str, Any]:
    """Stars as radio buttons: keys, fingers and no script all work."""
    return {
        "name": field_name,
        "label": label,
        "value": value,
        "range": range(1, top + 1),
        "error": error,
    }


# Records


@register.inclusion_tag("ui/progress.html")
def progress(steps: Sequence[Any], now: int) -> dict[str, Any]:
    """How far it has come: the words of each step and which one is now (0-based).

    Every step before `now` is done; `now == len(steps)` says that all are.
    """
    return {
        "steps": [
            {"words": words, "is": "past" if at < now else "now" if at == now else "ahead"}
            for at, words in enumerate(steps)
        ]
    }


# The build


@register.simple_tag(takes_context=True)
def built(context: Context, entry: str) -> SafeString:
    """The script and styles of a built entry. Without a build the page stays plain HTML."""
    nonce = str(context.get("CSP_NONCE", ""))
    try:
        tags: str = DjangoViteAssetLoader.instance().generate_vite_asset(entry, nonce=nonce)
    except (DjangoViteAssetNotFoundError, DjangoViteManifestError):
        return mark_safe("<!-- not built: npm run build in frontend/ -->")
    return mark_safe(tags)  # noqa: S308 made by django-vite from our manifest


def _engine(context: Context) -> Engine:
    drawing = context.template
    assert drawing is not None  # noqa: S101 a tag is only ever drawn inside a template
    return drawing.engine


@cache
def _icons() -> dict[str, str]:
    drawn: dict[str, str] = json.loads(
        (Path(__file__).parents[1] / "icons.json").read_text(encoding="utf-8")
    )
    return drawn

"""Small pieces that only pages of the desk need."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from gulou.cases.queries import Entry, PhotoSeen, PleaSeen, Record, ReplySeen
from gulou.catalogue.queries import CategoryRef, Limit
from gulou.desk import choices
from gulou.desk.acts import Act
from gulou.desk.pairs import Pair, Side
from gulou.kit.words import in_language, name_of
from gulou.ui.templatetags.ui import field
from gulou.ui.times import moment
from gulou.workbench import queries as bench

register = template.Library()


@register.filter
def limit_words(limit: Limit) -> str:
    """4 小时."""
    return choices.limit_words(limit)


@register.simple_tag
def plea_amount(plea: PleaSeen) -> str:
    """How much more time was asked for."""
    return choices.limit_words(Limit(plea.amount or 0, plea.limit_unit)) if plea.limit_unit else ""


@register.simple_tag
def slide(record: Record) -> dict[str, Any]:
    """The two pictures of the slider."""
    return {
        side: {"url": _photo_url(str(photo.uid), "page"), "alt": photo.kind_label}
        for side, photo in (("before", record.before), ("after", record.after))
        if photo is not None
    }


@register.simple_tag
def shown_photos(record: Record) -> list[dict[str, Any]]:
    """Every picture of the record, as ui/photos.html takes them."""
    return [_shown(photo) for photo in record.photos]


@register.simple_tag
def entry_photos(entry: Entry) -> list[dict[str, Any]]:
    """The pictures that came with one line of the story."""
    return [
        {"url": _photo_url(uid, "list"), "full": _photo_url(uid, "full"), "alt": _("Photo")}
        for uid in entry.photos
    ]


@register.simple_tag
def reply_photos(reply: ReplySeen) -> list[dict[str, Any]]:
    """The pictures that went with a reply to those above."""
    return [
        {"url": _photo_url(uid, "list"), "full": _photo_url(uid, "full"), "alt": _("Photo")}
        for uid in reply.photos
    ]


@register.simple_tag
def joint_photos(uids: tuple[str, ...]) -> list[dict[str, Any]]:
    """The pictures that show what a unit did in a joint operation."""

    def at(uid: str, size: str) -> str:
        return reverse("desk:joint_photo", args=[uid, size])

    return [{"url": at(uid, "list"), "full": at(uid, "full"), "alt": _("Photo")} for uid in uids]


@register.filter
def in_moves(name: str, moves: Any) -> bool:
    """Whether a move of this name is among these."""
    return any(move.name == name for move in moves)


def _shown(photo: PhotoSeen) -> dict[str, Any]:
    uid = str(photo.uid)
    public = _("public")
    mark = f"{photo.kind_label} · {public}" if photo.released else photo.kind_label
    return {
        "url": _photo_url(uid, "page"),
        "full": _photo_url(uid, "full"),
        "alt": photo.kind_label,
        "mark": mark,
    }


def _photo_url(uid: str, size: str) -> str:
    return reverse("desk:photo", args=[uid, size])


@register.simple_tag
def closing_words(category: CategoryRef) -> str:
    """When a problem of this category counts as solved."""
    return in_language(category.closing_zh, category.closing_en)


@register.simple_tag
def refreshed(bound: BoundField, form: Any, case: Any, act: Act, focus: bool) -> SafeString:
    """A field; if another one depends on it, choosing fetches that part of the page anew."""
    depends = form.refreshed_by.get(bound.name)
    if depends:
        url = reverse("desk:move", args=[case.number, act.name])
        bound.field.widget.attrs.update({
            "hx-get": url, "hx-trigger": "change", "hx-target": f"#part-{depends}",
            "hx-select": f"#part-{depends}", "hx-swap": "outerHTML", "hx-push-url": "false",
            "hx-params": bound.name, "hx-encoding": "application/x-www-form-urlencoded",
        })  # fmt: skip
    if focus and bound.name == form.visible()[0].name:
        bound.field.widget.attrs["autofocus"] = True
    return mark_safe(render_to_string("ui/field.html", field(bound)))  # noqa: S308 our own template


@register.simple_tag
def waiting_questions(reader: Any) -> dict[str, Any]:
    """What colleagues wait for from the reader, and how much of what they follow has changed."""
    return {"asked": bench.mentions_of(reader)[:5], "news": bench.news_count(reader)}


@register.filter
def sheet_photos(record: Record) -> list[tuple[PhotoSeen | None, str]]:
    """The two pictures of a case on paper, before and after, and what each is."""
    return [(record.before, _("Before")), (record.after, _("After"))]


@register.simple_tag
def chat_text(case: Any, category: Any, unit: Any, chain: Any, url: str) -> str:
    """A case in a few lines for a chat of colleagues: nothing that a reporter wrote."""
    place = "".join(name_of(area) for area in chain[:2])
    lines = [
        f"{name_of(category) if category else ''} {place}".strip(),
        f"{case.number} · {case.get_state_display()} · {name_of(unit) if unit else ''}",
    ]
    if case.due_at and not case.ended_at:
        lines.append(_("Due %(when)s") % {"when": moment(case.due_at)})
    return "\n".join([*lines, url])


@register.simple_tag
def pair_sides(pair: Pair) -> list[tuple[Side, str]]:
    """Both cases with what each of them is in the move."""
    return [(pair.here, _("This case")), (pair.there, _("The other case"))]


@register.filter
def is_public(uid: Any, form: Any) -> bool:
    """Whether a picture is ticked in the form."""
    return str(uid) in {str(one) for one in form["public"].value() or ()}


@register.filter
def move_keys(letters: list[tuple[str, str, Any]]) -> str:
    """Which key opens which move of a row: "f:file d:dispatch"."""
    return " ".join(f"{key}:{name}" for key, name, _label in letters)


@register.filter
def split(text: str, by: str) -> list[str]:
    """The parts of a text."""
    return text.split(by)


@register.filter
def at(mapping: Any, key: str) -> Any:
    """What a mapping holds at a key."""
    return mapping.get(key, "")

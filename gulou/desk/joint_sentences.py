"""Facts of joint operations in sentences: what the timeline of one says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.joint.queries import Entry
from gulou.ui.times import moment


@dataclass(frozen=True)
class Line:
    """One line of the timeline, ready to be shown."""

    what: str
    sign: str
    tone: str
    entry: Entry


def _unit(words: Any) -> Callable[[Entry], str]:
    def say(entry: Entry) -> str:
        due = entry.told.get("due")
        given = {
            "unit": entry.to_unit,
            "due": moment(datetime.fromisoformat(str(due))) if due else "",
        }
        return str(words) % given

    return say


def _reported(entry: Entry) -> str:
    given = {"unit": entry.to_unit}
    if entry.told.get("late"):
        return _("%(unit)s reported its part as done, late") % given
    return _("%(unit)s reported its part as done") % given


def _cases(entry: Entry) -> str:
    found = entry.told.get("cases")
    return _("Cases added: %(n)d") % {"n": len(found) if isinstance(found, list) else 0}


def _changed(entry: Entry) -> str:
    names: Mapping[str, Any] = {
        "title": _("what it is"), "begins_at": _("begin"), "ends_at": _("end"),
        "address": _("place"), "lat": _("place"), "lon": _("place"), "plan": _("plan"),
    }  # fmt: skip
    fields = entry.told.get("fields")
    said = dict.fromkeys(str(names.get(one, one)) for one in fields) if isinstance(fields, list) else {}  # fmt: skip
    return _("Plan changed: %(fields)s") % {"fields": _(", ").join(said) or "–"}


_LOOKS: Mapping[str, tuple[Callable[[Entry], str], str, str]] = {
    "joint.planned": (_unit(gettext_lazy("Planned; %(unit)s leads")), "calendar", "waiting"),
    "joint.changed": (_changed, "edit", ""),
    "joint.cases_added": (_cases, "link", ""),
    "joint.case_dropped": (_unit(gettext_lazy("A case was taken out")), "minus", ""),
    "joint.task_set": (_unit(gettext_lazy("%(unit)s has a part, due %(due)s")), "user-check", ""),
    "joint.task_changed": (
        _unit(gettext_lazy("The part of %(unit)s was changed, due %(due)s")), "edit", ""),
    "joint.task_reported": (_reported, "circle-check", "done"),
    "joint.task_sent_back": (
        _unit(gettext_lazy("The part of %(unit)s was sent back, due %(due)s")), "refresh", "late"),
    "joint.task_called_off": (
        _unit(gettext_lazy("The part of %(unit)s was called off")), "circle-x", ""),
    "joint.task_late": (_unit(gettext_lazy("The part of %(unit)s is late")), "bell", "late"),
    "joint.handed_over": (
        _unit(gettext_lazy("%(unit)s takes over from a unit that is dissolved")), "users-group", ""),
    "joint.begun": (_unit(gettext_lazy("Begun")), "flag", "underway"),
    "joint.closed": (_unit(gettext_lazy("Closed with the result")), "circle-check", "done"),
    "joint.words_erased": (_unit(gettext_lazy("Words erased on request")), "trash", ""),
    "joint.called_off": (_unit(gettext_lazy("Called off")), "circle-x", "late"),
}  # fmt: skip


def line(entry: Entry) -> Line:
    """The sentence of one fact. A fact of a later edition is shown by its name."""
    says, sign, tone = _LOOKS.get(entry.name, (lambda one: one.name, "point", ""))
    return Line(says(entry), sign, tone, entry)

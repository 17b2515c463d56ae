"""How a case is told to the person who reported it: stages, sentences, lines. No office terms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gulou.cases.queries import Told, Tracked
from gulou.cases.states import State
from gulou.kit.words import clean

STAGES = (
    pgettext_lazy("stage", "Received"),
    pgettext_lazy("stage", "On record"),
    pgettext_lazy("stage", "Being handled"),
    pgettext_lazy("stage", "Being checked"),
    pgettext_lazy("stage", "Done"),
)
_STAGE_OF = {
    "received": 0, "filed": 1, "dispatched": 2, "handling": 2, "handled": 3, "closed": 5,
}  # fmt: skip

# For each state: what is said when no unit is to be named, and when one is.
_SENTENCES = {
    "received": (
        _("We have your report. The office looks at it next."),
        _("We have your report. %(unit)s looks at it next."),
    ),
    "filed": (
        _("It is on record. The office is choosing who takes care of it."),
        _("It is on record. The office is choosing who takes care of it."),
    ),
    "dispatched": (
        _("It has been passed to the unit in charge, which confirms it next."),
        _("It has been passed to %(unit)s, who confirm it next."),
    ),
    "handling": (
        _("The unit in charge is taking care of it."),
        _("%(unit)s is taking care of it."),
    ),
    "handled": (
        _("It is said to be done. Somebody who did not do the work now checks it on the spot."),
        _("%(unit)s says it is done. Somebody who did not do the work now checks it on the spot."),
    ),
    "closed": (
        _("It is done, and somebody who did not do the work has checked it."),
        _("%(unit)s has done it, and somebody who did not do the work has checked it."),
    ),
    "declined": (_("The office has not taken it up."), _("The office has not taken it up.")),
    "redirected": (
        _("It belongs to another channel and has been passed on."),
        _("It belongs to another channel and has been passed on."),
    ),
}

# For each fact a reporter is told of: words without and with a unit, an icon, a tone.
_LINES = {
    "case.opened": (_("Report received"), "", "inbox", ""),
    "case.joined": (_("One more person reported the same"), "", "users", ""),
    "case.filed": (_("Taken up and put on record"), "", "clipboard-check", ""),
    "case.declined": (_("Not taken up"), "", "circle-x", ""),
    "case.redirected": (_("Passed to another channel"), "", "arrow-forward-up", ""),
    "case.dispatched": (
        _("Passed to the unit in charge"), _("Passed to %(unit)s"), "send", "underway",
    ),
    "case.accepted": (
        _("The unit in charge has begun"), _("%(unit)s has begun"), "tool", "underway",
    ),
    "case.handled": (_("Said to be done"), "", "checkbox", "recheck"),
    "case.reworked": (
        _("Checked, and not yet right: it is being done again"), "", "repeat", "underway",
    ),
    "case.closed": (_("Checked on the spot: done"), "", "circle-check", "done"),
    "case.reopened": (_("Taken up again"), "", "refresh", "underway"),
    "case.upheld": (_("The office looked again; it stays as it is"), "", "gavel", "done"),
    "case.noted": (_("The office writes to you"), "", "message", ""),
    "case.objected": (
        _("An objection came in; the office looks at it"), "", "message-report", "recheck",
    ),
}  # fmt: skip


class Standing(Protocol):
    """What the sentence needs: where a case stands, and with whom ("" where that is not told)."""

    @property
    def state(self) -> State: ...

    @property
    def unit(self) -> str: ...


@dataclass(frozen=True)
class Line:
    """One line of the story, in words."""

    at: datetime
    what: str
    icon: str
    tone: str
    words: str = ""


def sentence(case: Standing) -> str:
    """The state in one plain sentence."""
    plain, named = _SENTENCES[case.state]
    return str(named) % {"unit": case.unit} if case.unit else str(plain)


def stage(tracked: Tracked) -> int | None:
    """How far it has come in STAGES; None where it has left that road."""
    return _STAGE_OF.get(tracked.state)


def lines(told: list[Told]) -> list[Line]:
    """The story, the newest first."""
    return [_line(one) for one in reversed(told) if one.name in _LINES]


def _line(told: Told) -> Line:
    plain, named, icon, tone = _LINES[told.name]
    what: Any = str(named) % {"unit": told.unit} if named and told.unit else plain
    return Line(told.at, clean(str(what)), icon, tone, told.words)

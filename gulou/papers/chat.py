"""For a chat group: text to copy."""

from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.ui import times

from .gathered import Item, gather
from .selection import Selection
from .words import mark

_MOST_LINES = 100


def text_of(selection: Selection, *, reader: Any) -> str:
    """Plain text for any chat group; of the first hundred cases."""
    items = list(islice(gather(selection.cases(reader)), _MOST_LINES))
    lines = [_headline(len(items)), ""]
    for at, item in enumerate(items, 1):
        lines += [f"{at}. {item.problem}", *(f"   {line}" for line in lines_of(item))]
    return "\n".join(lines)


def _headline(count: int) -> str:
    day = times.day(clock.now(), now=clock.now())
    cases = ngettext("%(n)d problem", "%(n)d problems", count) % {"n": count}
    return _("%(office)s: problems to put right (%(day)s, %(cases)s)") % {
        "office": name_of(people.office()), "day": day, "cases": cases,
    } + (f" {mark()}" if mark() else "")  # fmt: skip


def lines_of(item: Item) -> list[str]:
    """Place, unit, and how it stands."""
    if item.signed_off:
        state = _("Signed off")
    elif item.unit_pending:
        # Nobody has been asked to put it right yet: the office's own limit is no deadline for it.
        state = str(item.state.label)
    elif item.due_at and item.late:
        state = _("Late, was due %(time)s") % {"time": times.moment(item.due_at)}
    elif item.due_at and item.ended_at is None:
        state = _("Due %(time)s") % {"time": times.moment(item.due_at)}
    else:
        state = str(item.state.label)
    pairs = ((_("Place"), item.place), (_("Unit"), item.unit), (_("State"), state))
    return [_("%(name)s: %(value)s") % {"name": name, "value": value}
            for name, value in pairs if value]  # fmt: skip

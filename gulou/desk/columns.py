"""The columns of a queue: what may be chosen, how each sorts, and how a row is drawn.

A row is drawn here rather than in a template: a page has hundreds of cells, and people wait for it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gulou.cases.queries import Row
from gulou.ui import times
from gulou.ui.looks import look_of
from gulou.ui.templatetags.ui import badge, icon, time_left
from gulou.workbench.queries.presence import Here


@dataclass(frozen=True)
class Pen:
    """What all rows of a page share. `tail` goes behind the address of each record."""

    now: datetime
    tail: str
    at: str
    signs: Mapping[str, str]
    badges: dict[str, str]
    here: Mapping[int, Sequence[Here]]


@dataclass(frozen=True)
class Column:
    """One column: its name in addresses, its heading, what it sorts by ("" for nothing)."""

    name: str
    label: Any
    sort: str
    draw: Callable[[Row, Pen], str]
    kind: str = ""


def _state(row: Row, pen: Pen) -> str:
    drawn = pen.badges.get(row.state)
    if drawn is None:
        look = look_of(row.state)
        drawn = pen.badges[row.state] = badge(row.state.label, look.tone, sign=look.icon)
    return drawn


def _case(row: Row, pen: Pen) -> str:
    signs = "".join(
        f'<span class="sign" title="{escape(words)}">{sign}{count}</span>'
        for sign, words, count in _signs(row, pen)
    )
    return (
        f'<a class="row-title" id="row-{row.number}" href="/desk/cases/{row.number}/{pen.tail}" '
        f'data-beside="{row.number}"><span class="strong">{escape(row.category)}</span> '
        f'<span class="soft" dir="auto">{escape(row.place)}</span></a>{signs}'
    )


def _signs(row: Row, pen: Pen) -> Iterable[tuple[str, str, str]]:
    if row.id in pen.here:
        names = _(", ").join(one.name for one in pen.here[row.id])
        sign = "pencil" if any(one.writing for one in pen.here[row.id]) else "eye"
        yield pen.signs[sign], _("%(who)s looks at it now") % {"who": names}, ""
    if row.objected:
        yield pen.signs["objected"], _("The reporter objects"), ""
    if row.ordered_until is not None:
        yield pen.signs["ordered"], _("Under supervision"), ""
    for name, count, words in (
        ("reports", row.reports_count if row.reports_count > 1 else 0, _("Reports joined")),
        ("returns", row.returns, _("Times returned")),
        ("reworks", row.reworks, _("Times reworked")),
    ):
        if count:
            yield pen.signs[name], words, f" {count}"


def _due(row: Row, pen: Pen) -> str:
    if row.due_at is not None and row.ended_at is None:
        return time_left(row.due_at)
    return ""


def _text(read: Callable[[Row], str]) -> Callable[[Row, Pen], str]:
    return lambda row, pen: escape(read(row))


def _time(read: Callable[[Row], datetime | None]) -> Callable[[Row, Pen], str]:
    def draw(row: Row, pen: Pen) -> str:
        at = read(row)
        if at is None:
            return ""
        words = times.ago(at, now=pen.now)
        return f'<time datetime="{at.isoformat()}" title="{times.moment(at)}">{words}</time>'

    return draw


# fmt: off
COLUMNS: tuple[Column, ...] = (
    Column("number", gettext_lazy("Number"), "", _text(lambda r: r.number), "mono"),
    Column("state", gettext_lazy("State"), "state", _state),
    Column("case", gettext_lazy("Case"), "category", _case, "wide"),
    Column("street", gettext_lazy("Street"), "street", _text(lambda r: r.street), "gives"),
    Column("community", gettext_lazy("Community"), "", _text(lambda r: r.community), "gives"),
    Column("unit", gettext_lazy("Unit"), "unit", _text(lambda r: r.step_unit or r.unit), "gives"),
    Column("source", gettext_lazy("Source"), "", _text(lambda r: r.source_label)),
    Column("opened", gettext_lazy("Opened"), "opened", _time(lambda r: r.opened_at), "time"),
    Column("changed", pgettext_lazy("column", "Changed"), "changed", _time(lambda r: r.changed_at), "time"),
    Column("ended", gettext_lazy("Ended"), "", _time(lambda r: r.ended_at), "time"),
    Column("due", gettext_lazy("Due"), "due", _due, "time"),
)
# fmt: on
_BY_NAME = {column.name: column for column in COLUMNS}
# As it ships: beside the record there is little room, alone there is much.
NARROW = ("state", "case", "unit", "due")
BROAD = ("number", "state", "case", "street", "unit", "opened", "due")


def known(names: Iterable[str]) -> list[str]:
    """Those of these names that are columns, each once."""
    return list(dict.fromkeys(name for name in names if name in _BY_NAME))


def chosen(names: Sequence[str], *, broad: bool) -> list[Column]:
    """These columns, or those that ship. The case itself is always there."""
    wanted = known(names) or list(BROAD if broad else NARROW)
    if "case" not in wanted:
        wanted.insert(min(1, len(wanted)), "case")
    return [_BY_NAME[name] for name in wanted]


def draw(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    now: datetime,
    tail: str,
    at: str,
    here: Mapping[int, Sequence[Here]],
    pick: bool,
) -> SafeString:
    """The rows of a table, as they stand between `<tbody>` and `</tbody>`."""
    signs = {
        name: str(icon(sign))
        for name, sign in (("objected", "message-report"), ("ordered", "eye-exclamation"), ("reports", "users"), ("eye", "eye"),
                           ("returns", "arrow-back-up"), ("reworks", "refresh"),
                           ("pencil", "pencil"))
    }  # fmt: skip
    pen = Pen(now, tail, at, signs, {}, here)
    word = escape(_("Select"))
    lines = []
    for row in rows:
        cells = "".join(
            f'<td class="{column.kind}">{column.draw(row, pen)}</td>' for column in columns
        )
        box = (
            f'<td class="pick"><input type="checkbox" name="case" value="{row.number}:{row.version}" '
            f'aria-label="{word} {row.number}"></td>'
            if pick
            else ""
        )
        current = ' aria-current="true"' if row.number == at else ""
        lines.append(f'<tr class="line" data-number="{row.number}"{current}>{box}{cells}</tr>')
    return mark_safe("".join(lines))  # noqa: S308 every word in it was escaped above


def headings(columns: Sequence[Column], sort: str, url: Callable[..., str]) -> SafeString:
    """The row of headings; one that sorts is a link, pressed again it turns round."""
    first, *rest = sort.split(",")
    made = []
    for column in columns:
        if not column.sort:
            made.append(
                format_html('<th scope="col" class="{}">{}</th>', column.kind, column.label)
            )
            continue
        up = first == column.sort
        down = first == f"-{column.sort}"
        newest = column.sort in ("opened", "changed")
        turned = f"-{column.sort}" if up or (newest and not down) else column.sort
        kept = [one for one in (first, *rest) if one.lstrip("-") != column.sort]
        made.append(
            format_html(
                '<th scope="col" class="{}"{}><a href="{}">{}{}</a></th>',
                column.kind,
                _sorted(up, down),
                url(sort=",".join([turned, *kept][:3])),
                column.label,
                icon("arrow-up" if up else "arrow-down") if up or down else "",
            )
        )
    return mark_safe("".join(made))  # noqa: S308 made by format_html


def _sorted(up: bool, down: bool) -> SafeString | str:
    if not (up or down):
        return ""
    return format_html(' aria-sort="{}"', "ascending" if up else "descending")

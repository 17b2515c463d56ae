"""A plain weekly summary: what came in, what was done, where it comes again."""

from collections.abc import Sequence
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from gulou.cases.models import Case
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.people.models import User
from gulou.ui import times

from . import figures
from .documents import Document
from .exports import DOCX_MIME
from .figures import DEFINITIONS, Figures, Week
from .gathered import Item, gather
from .order import Made, Order
from .words import mark

_MARKS = "①②③④⑤⑥⑦⑧"
_PHOTO = (480, 360)


def make(order: Order, file: IO[bytes]) -> Made:
    """Write the summary of the week of the order's day."""
    week, reader = Week.of(order.day), order.reader
    now = figures.figures_of(week, reader=reader)
    past = figures.figures_of(week.before, reader=reader)
    paper = Document()
    paper.title(_("Weekly summary"))
    days = f"{week.monday.isoformat()} – {week.sunday.isoformat()}"
    paper.line(f"{name_of(people.office())}    {days}", align="center", soft=True)
    if mark():
        paper.line(mark(), align="center", soft=True)
    paper.heading(_("The week in numbers"))
    paper.line(_sentence(now))
    _numbers(paper, now, past)
    _tables(paper, week, reader)
    _recurring(paper, week, reader)
    for words, found in (
        (_("Good examples"), figures.good_examples(week, reader=reader)),
        (_("To be caught up on"), figures.bad_examples(week, reader=reader)),
    ):
        _examples(paper, words, found)
    _definitions(paper)
    paper.save(file)
    return Made(now.opened, "docx", DOCX_MIME)


def _sentence(now: Figures) -> str:
    rate = _percent(now.rate)
    return _(
        "%(opened)d cases were opened and %(closed)d closed; %(rate)s of the handling ended on "
        "time. %(open)d cases are open, %(late)d of them late."
    ) % {"opened": now.opened, "closed": now.closed, "rate": rate, "open": now.open,
         "late": now.late}  # fmt: skip


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.0%}"


def _numbers(paper: Document, now: Figures, past: Figures) -> None:
    names = {"opened": pgettext("paper", "Opened"), "closed": pgettext("paper", "Closed"), "not_taken": _("Ended without work"),
             "on_time": _("Handled on time"), "reworked": _("Sent back for rework"),
             "open": _("Open at the end"), "late": _("Late")}  # fmt: skip
    rows = []
    for code, name in names.items():
        sign = _MARKS[list(DEFINITIONS).index(code)]
        if code == "on_time":
            change = (f"{100 * (now.rate - past.rate):+.0f} " + _("points")
                      if now.rate is not None and past.rate is not None else "—")  # fmt: skip
            rows.append([name + sign, _percent(now.rate), _percent(past.rate), change])
        elif code == "late":
            # What was late a week ago and has ended since is not known any more.
            rows.append([name + sign, str(now.late), "—", "—"])
        else:
            this, last = getattr(now, code), getattr(past, code)
            rows.append([name + sign, str(this), str(last), f"{this - last:+d}"])
    paper.table([pgettext("paper", "Number"), _("This week"), _("Week before"), pgettext("paper", "Change")], rows,
                (6.2, 3.4, 3.4, 3.4))  # fmt: skip


def _tables(paper: Document, week: Week, reader: User) -> None:
    for title, head, rows in (
        (_("By street"), _("Street"), figures.by_street(week, reader=reader)),
        (_("By category"), pgettext("paper", "Category"), figures.by_category(week, reader=reader)),
    ):
        paper.heading(title)
        if not rows:
            paper.line(_("Nothing in this week."))
            continue
        heads = [
            head,
            pgettext("paper", "Opened"),
            pgettext("paper", "Closed"),
            _("Open at the end"),
            _("Late"),
        ]
        cells = [[row.name, str(row.opened), str(row.closed), str(row.open), str(row.late)]
                 for row in rows]  # fmt: skip
        paper.table(heads, cells, (5.6, 2.7, 2.7, 2.7, 2.7))


def _recurring(paper: Document, week: Week, reader: User) -> None:
    paper.heading(_("What comes again") + _MARKS[list(DEFINITIONS).index("recurring")])
    found = figures.recurring(week, reader=reader)
    if not found:
        paper.line(_("Nothing came three times in one community within four weeks."))
        return
    rows = [[one.community, one.category, str(one.times), times.moment(one.latest)]
            for one in found]  # fmt: skip
    paper.table([_("Community"), pgettext("paper", "Category"), _("Times"), _("Latest")], rows,
                (5.0, 5.0, 2.4, 4.0))  # fmt: skip


def _examples(paper: Document, title: str, found: Sequence[int]) -> None:
    paper.heading(title)
    items = list(gather(Case.objects.filter(pk__in=found).order_by("opened_at"))) if found else []
    if not items:
        paper.line(_("None in this week."))
    for item in items:
        paper.line(_("%(place)s: %(problem)s (%(unit)s, %(number)s)") % {
            "place": item.place, "problem": item.problem, "unit": item.unit,
            "number": item.number}, keep=True)  # fmt: skip
        paper.line(_how(item), soft=True, size=11, keep=True)
        shown = [
            (picture.jpeg(_PHOTO, fill=True) if picture else b"") or _("No picture yet")
            for picture in (item.before, item.after)
        ]
        paper.table([pgettext("paper", "Before"), pgettext("paper", "After")], [shown], (6.6, 6.6))
        paper.gap()


def _how(item: Item) -> str:
    if item.signed_off and item.ended_at:
        hours = max(round((item.ended_at - item.opened_at).total_seconds() / 3600), 1)
        return ngettext("Closed after %(n)d hour.", "Closed after %(n)d hours.", hours) % {
            "n": hours
        }
    due = times.moment(item.due_at) if item.due_at else "—"
    return _("Was due %(due)s; now: %(state)s.") % {"due": due, "state": item.state.label}


def _definitions(paper: Document) -> None:
    paper.heading(_("What the numbers mean"))
    for sign, words in zip(_MARKS, DEFINITIONS.values(), strict=False):
        paper.line(f"{sign} {words}", size=10, soft=True)

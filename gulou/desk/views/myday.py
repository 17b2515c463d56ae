"""My day: what waits for me, what came back, what I entered; for who only reads, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gulou.calendars.queries import missing_words
from gulou.cases import queries
from gulou.cases.queries import Row
from gulou.cases.states import StepKind
from gulou.desk.shell import page, reader_of
from gulou.joint import queries as joint
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.orders import queries as orders
from gulou.people import queries as people
from gulou.ui.guards import signed_in

SHOWN = 12
"""How many of a group stand on the page; the rest is a click away."""


@dataclass(frozen=True)
class Group:
    """Cases that wait for the same thing to be done. `all_url` shows every one of them."""

    words: str
    sign: str
    rows: Sequence[Row]
    all_url: str

    @property
    def late(self) -> int:
        """How many of them are late."""
        return sum(row.late for row in self.rows)

    @property
    def beyond(self) -> int:
        """How many more there are than are shown."""
        return max(len(self.rows) - SHOWN, 0)


@dataclass(frozen=True)
class Tile:
    """One number, what it counts, and where it leads."""

    words: str
    count: int
    url: str
    tone: str = ""


@signed_in
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first, by what there is to do."""
    reader = reader_of(request)
    rows = queries.my_work(reader)
    working = queries.works_on_cases(reader)
    context: dict[str, Any] = {
        "groups": _groups(rows), "queue_count": len(rows), "late": sum(row.late for row in rows),
        "working": working, "shown": SHOWN, "missing": missing_words(reader),
        "revisits": queries.my_revisits(reader), "unmanned": queries.unmanned_revisits(reader),
        "to_rule_on": queries.to_rule_on(reader), "warned": queries.warned_cases_of(reader)[:SHOWN],
        "parts_due": joint.due_for(reader) if working else (),
    }  # fmt: skip
    context["order_groups"] = _orders(reader)
    if rows or working:
        context["tiles"] = _tiles(rows)
    if not working:
        context |= _state(reader)
    if queries.may_enter(reader):
        context["entered"] = queries.entered_by(reader)
    return page(request, "desk/queue.html", context)


def _orders(reader: Any) -> list[tuple[str, str, Any]]:
    """Supervision orders that wait for me: to answer, and to accept."""
    answer, judge = orders.waiting_for(reader)
    named = ((_("Supervision orders to answer"), "writing", answer),
             (_("Answers to supervision orders to accept"), "circle-check", judge))  # fmt: skip
    return [(words, sign, found) for words, sign, found in named if found]


def _groups(rows: Sequence[Row]) -> list[Group]:
    """In the order of the most urgent case of each; objections stand first."""
    to_do = {
        "objection": (_("Objections to answer"), "message-report", "objected=1"),
        StepKind.INTAKE: (_("To file"), "inbox", "state=received"),
        StepKind.VERIFY: (_("To verify"), "eye", "state=received"),
        StepKind.DISPATCH: (_("To dispatch"), "send", "state=filed"),
        StepKind.ARBITRATE: (_("To arbitrate"), "scale", "state=filed"),
        StepKind.ACCEPT: (_("To accept"), "check", "state=dispatched"),
        StepKind.HANDLE: (_("To handle"), "tool", "state=handling"),
        "unmanned": (_("Nobody drawn to recheck: name somebody"), "user-search", "state=handled"),
        StepKind.RECHECK: (_("To recheck"), "eye-check", "state=handled"),
        StepKind.PART: (_("Handed down to us"), "stairs", "state=handling"),
    }
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(_group_of(row), []).append(row)
    keys = sorted(found, key=lambda key: key != "objection")
    cases = reverse("desk:cases")
    groups = []
    for key in keys:
        words, sign, query = to_do.get(key, (_("Waiting"), "clock", ""))
        groups.append(Group(words, sign, found[key], f"{cases}?mine=1&sort=due&{query}"))
    return groups


def _group_of(row: Row) -> str:
    if row.objected:
        return "objection"
    at_the_office = row.step_unit == name_of(people.office())
    return "unmanned" if row.step_kind == StepKind.RECHECK and at_the_office else row.step_kind


def _tiles(rows: Sequence[Row]) -> list[Tile]:
    """My own four numbers, each leading to its cases."""
    cases, today = reverse("desk:cases"), timezone.localdate(clock.now())
    due = [r for r in rows if r.due_at and not r.late and timezone.localdate(r.due_at) == today]
    back = [row for row in rows if row.returns or row.reworks or row.objected]
    late = sum(row.late for row in rows)
    return [
        Tile(_("Wait for me"), len(rows), f"{cases}?mine=1&sort=due"),
        Tile(_("Late"), late, f"{cases}?mine=1&late=1&sort=due", "late" if late else ""),
        Tile(_("Due today"), len(due), f"{cases}?mine=1&today=1&sort=due"),
        Tile(_("Came back"), len(back), f"{cases}?mine=1&back=1&sort=due", "recheck" if back else ""),
    ]  # fmt: skip


def _state(reader: Any) -> dict[str, Any]:
    """How what the reader sees stands, and the week: for who reads and moves nothing."""
    found, cases = queries.overview(reader), reverse("desk:cases")
    most = max([day.opened for day in found.week] + [day.ended for day in found.week] + [1])
    return {
        "overview": found,
        "tiles": [
            Tile(_("Open"), found.open, cases),
            Tile(_("Late"), found.late, f"{cases}?late=1&sort=due", "late" if found.late else ""),
            Tile(_("Due today"), found.today, f"{cases}?today=1&sort=due"),
            Tile(_("Came back"), found.back, f"{cases}?back=1", "recheck" if found.back else ""),
        ],
        "week": [
            (day, round(48 * day.opened / most), round(48 * day.ended / most)) for day in found.week
        ],
    }

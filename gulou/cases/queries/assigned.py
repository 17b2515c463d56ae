"""What those above have assigned: what is due to them, and what was replied."""

from dataclasses import dataclass
from datetime import date, datetime

from gulou.cases.models import Assignment, Case
from gulou.kit import clock
from gulou.kit.paging import Page, page_of
from gulou.people.models import User

from .rows import FIELDS, Row, rows_from
from .seen import cases_seen_by


@dataclass(frozen=True)
class AssignedRow:
    """A case in the list of what was assigned from above."""

    row: Row
    from_whom: str
    number: str
    received_on: date
    due_at: datetime
    form: str
    replied_at: datetime | None
    late: bool


def assigned_from_above(user: User, *, replied: bool = False, page: int = 0) -> Page[AssignedRow]:
    """What the user sees of it: what still wants a reply, the most urgent first; or what was
    replied to, the newest first."""
    order = ("-replied_at", "-id") if replied else ("due_at", "id")
    found = Assignment.objects.filter(
        case__in=cases_seen_by(user), replied_at__isnull=not replied
    ).order_by(*order)
    assignments = page_of(found, page)
    cases = Case.objects.filter(pk__in=[one.case_id for one in assignments])
    rows = {row.id: row for row in rows_from(cases.values_list(*FIELDS))}
    now = clock.now()
    return assignments.of(
        AssignedRow(
            rows[one.case_id], one.from_whom, one.number, one.received_on, one.due_at,
            one.get_form_display(), one.replied_at, (one.replied_at or now) > one.due_at,
        )
        for one in assignments
    )  # fmt: skip


def reply_forms() -> list[tuple[str, str]]:
    """How those above may want to be answered, as value and label, to choose from."""
    from_model = Assignment._meta.get_field("form").choices or ()
    return [(str(value), str(label)) for value, label in from_model]

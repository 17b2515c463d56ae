"""Reading files on their way. Nobody but who brought one knows of it."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gulou.errands.states import ENDED
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.people.models import User

from .models import Sheet
from .registers import Register, register_coded, registers_for
from .reports import Report, read_report
from .states import DAYS_KEPT, State

__all__ = [
    "Register", "Report", "State", "errand_waits", "has_logins", "register_coded", "registers_for",
    "report_of", "sheet_of", "sheets_of",
]  # fmt: skip


def sheet_of(user: User, uid: UUID) -> Sheet:
    """A file that this person brought, and whose register is still theirs. Raises NotFound."""
    since = clock.now() - timedelta(days=DAYS_KEPT)
    found = Sheet.objects.filter(uid=uid, by=user, at__gt=since).exclude(state=State.TAKEN)
    sheet = found.select_related("errand", "by").first()
    if sheet is None:
        raise NotFound("sheets.not_found", _("There is no such file of yours. Send it again."))
    register_coded(sheet.register, by=user)
    return sheet


def sheets_of(user: User, register: str) -> list[Sheet]:
    """The files that this person brought for a register since yesterday, newest first."""
    since = clock.now() - timedelta(days=DAYS_KEPT)
    found = Sheet.objects.filter(by=user, register=register, at__gt=since)
    return list(found.exclude(state=State.TAKEN)[:10])


def report_of(sheet: Sheet) -> Report:
    """What its dry run found."""
    return read_report(sheet.report)


def errand_waits(sheet: Sheet) -> bool:
    """Whether the worker is still at it."""
    return sheet.errand is not None and sheet.errand.state not in ENDED


def has_logins(sheet: Sheet) -> bool:
    """Whether first passwords wait to be taken."""
    return bool(sheet.logins)

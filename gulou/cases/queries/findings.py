"""What pictures of handled work say of themselves, for who rechecks; and confirmed fakes by unit."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from gulou.cases.models import Case, FakedPhoto, Finding, FindingKind
from gulou.people.models import User

from .seen import cases_seen_by


@dataclass(frozen=True)
class FindingSeen:
    """One hint: its kind, what was measured, and the picture it was measured against.

    `number` is the other case's, where the reader may open it.
    """

    kind: FindingKind
    measured: dict[str, Any]
    against: UUID | None
    number: str = ""


@dataclass
class Examined:
    """A picture of handled work with its hints, and the one from before to look at beside it."""

    uid: UUID
    added_at: datetime
    before: UUID | None = None
    findings: list[FindingSeen] = field(default_factory=list)
    faked: bool = False


# Of all, these say that something is wrong; the others are for the eye.
_CALM = {FindingKind.SAME_VIEW, FindingKind.NO_PLACE, FindingKind.CAMERA, FindingKind.GAP}
ALARMS = frozenset(FindingKind) - _CALM
_BESIDE = (FindingKind.SAME_PICTURE, FindingKind.SAME_VIEW, FindingKind.OTHER_VIEW)


def examined(case: Case, *, reader: User) -> list[Examined]:
    """The pictures of handled work that were looked at, the newest first."""
    rows = Finding.objects.filter(case=case).select_related(
        "evidence__photo", "evidence__faked", "against__photo", "against__case"
    )
    shown: dict[int, Examined] = {}
    for row in rows.order_by("-evidence_id", "pk"):
        photo = row.evidence.photo
        one = shown.setdefault(row.evidence_id, Examined(photo.uid, row.evidence.added_at))
        one.faked = hasattr(row.evidence, "faked")
        kind = FindingKind(row.kind)
        against = row.against.photo.uid if row.against else None
        if kind in _BESIDE:
            one.before = against
        number = ""
        if row.against and row.against.case_id != case.pk:
            mine = cases_seen_by(reader).filter(pk=row.against.case_id)
            number = str(mine.values_list("number", flat=True).first() or "")
            against = against if number else None
        one.findings.append(FindingSeen(kind, row.measured, against, number))
    for one in shown.values():
        one.findings.sort(key=lambda seen: list(FindingKind).index(seen.kind))
    return list(shown.values())


def confirmed_fakes(*, since: datetime, until: datetime) -> dict[int, int]:
    """How many pictures were confirmed as fakes in a period, by the unit that sent them."""
    found = FakedPhoto.objects.filter(at__gte=since, at__lt=until)
    return dict(found.values_list("unit").annotate(n=Count("pk")).order_by())

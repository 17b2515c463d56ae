"""What pictures of handled work say of themselves, for who rechecks; and confirmed fakes by unit."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet

from gulou.cases.models import Case, FakedPhoto, Finding, FindingKind
from gulou.kit.compiled import Compiled
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
    shown: dict[int, Examined] = {}
    for row in map(_Row._make, _on(case.pk)):
        one = shown.setdefault(row.evidence, Examined(row.photo, row.added_at))
        one.faked = row.faked is not None
        kind, against, number = FindingKind(row.kind), row.against, ""
        if kind in _BESIDE:
            one.before = against
        if row.against_case not in (None, case.pk):
            mine = cases_seen_by(reader).filter(pk=row.against_case)
            number = str(mine.values_list("number", flat=True).first() or "")
            against = against if number else None
        one.findings.append(FindingSeen(kind, row.measured, against, number))
    for one in shown.values():
        one.findings.sort(key=lambda seen: list(FindingKind).index(seen.kind))
    return list(shown.values())


class _Row(NamedTuple):
    evidence: int
    photo: UUID
    added_at: datetime
    faked: int | None
    kind: str
    measured: dict[str, Any]
    against: UUID | None
    against_case: int | None


@Compiled
def _on(case_id: int) -> QuerySet[Any, Any]:
    found = Finding.objects.filter(case_id=case_id).order_by("-evidence_id", "pk")
    return found.values_list(
        "evidence_id", "evidence__photo__uid", "evidence__added_at", "evidence__faked", "kind",
        "measured", "against__photo__uid", "against__case_id",
    )  # fmt: skip


def confirmed_fakes(*, since: datetime, until: datetime) -> dict[int, int]:
    """How many pictures were confirmed as fakes in a period, by the unit that sent them."""
    found = FakedPhoto.objects.filter(at__gte=since, at__lt=until)
    return dict(found.values_list("unit").annotate(n=Count("pk")).order_by())

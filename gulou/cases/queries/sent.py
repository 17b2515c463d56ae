"""The reports that somebody has sent under their own name."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from gulou.cases.models import Report, Source
from gulou.cases.states import State
from gulou.kit.compiled import Compiled
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import UnitKind, User

MOST_SENT = 50


def source_of(reporter: User | None) -> Source:
    """Who saw what somebody snaps on the street: the supervision team, staff on their rounds, or a
    resident."""
    posts = access.posted_unit_ids(reporter) if reporter else frozenset()
    if not posts:
        return Source.RESIDENT
    units = people.unit_refs()
    team = any(units[pk].kind == UnitKind.SUPERVISION_TEAM for pk in posts if pk in units)
    return Source.SUPERVISION if team else Source.PATROL


@dataclass(frozen=True, slots=True)
class SentReport:
    """One of them. `state` is that of its case, or of the one it was merged into."""

    client_id: UUID
    receipt: str
    token: str
    category_id: int
    address: str
    received_at: datetime
    state: State


def reports_sent_by(user: User) -> list[SentReport]:
    """What this person has sent under their own name, newest first."""
    return _as_sent(_by(user.pk)) if user.is_active else []


def reports_with_tokens(tokens: list[str]) -> list[SentReport]:
    """The reports that these tracking links name; a link that leads nowhere is left out."""
    return _as_sent(_with_tokens(tokens))


def _as_sent(rows: list[Any]) -> list[SentReport]:
    found = [SentReport(*row) for row in rows]
    return [replace(one, state=State(one.state)) for one in found]


_FIELDS = ("client_id", "receipt", "token", "category_id", "address", "received_at")


def _told(reports: QuerySet[Report]) -> QuerySet[Any, Any]:
    state = Coalesce(F("case__merged_into__state"), F("case__state"))
    return reports.order_by("-received_at", "-id").values_list(*_FIELDS, state)[:MOST_SENT]


@Compiled
def _by(user_id: int) -> QuerySet[Any, Any]:
    return _told(Report.objects.filter(reporter_id=user_id))


def _with_tokens(tokens: list[str]) -> list[Any]:
    return list(_told(Report.objects.filter(token__in=tokens)))

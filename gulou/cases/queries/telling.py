"""Whom to tell of a case, and how to reach them. For the rooms that send; never for pages."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from gulou.cases.models import Case, Plea, Report
from gulou.catalogue import queries as catalogue
from gulou.kit.sealing import unseal
from gulou.kit.words import name_of
from gulou.people.models import Unit, User


@dataclass(frozen=True)
class Reader:
    """A reporter who left an e-mail address: where, in which language, under which link."""

    email: str
    language: str
    receipt: str
    token: str


@dataclass(frozen=True)
class Brief:
    """What a message says of a case: nothing of who reported it."""

    number: str
    category: str
    unit: str
    unit_email: str


def reader_of_report(uid: UUID) -> Reader | None:
    """The reporter of one report, where they can be mailed."""
    report = Report.objects.select_related("contact").get(uid=uid)
    contact = report.contact
    if contact is None or contact.erased_at is not None:
        return None
    email = json.loads(unseal(contact.sealed)).get("email", "")
    return Reader(email, report.language, report.receipt, report.token) if email else None


@dataclass(frozen=True)
class Colleague:
    """Somebody in the house, where they can be mailed."""

    email: str
    language: str


def colleagues(uids: Collection[str]) -> list[Colleague]:
    """These people, but for those who have left or have no address."""
    found = User.objects.filter(uid__in=uids, is_active=True).exclude(email="").order_by("pk")
    return [Colleague(one.email, one.language) for one in found]


def email_of_unit(unit_id: int) -> str:
    """The address of a unit; "" where it has none."""
    return Unit.objects.values_list("email", flat=True).get(pk=unit_id)


def who_asked(plea_id: int) -> str:
    """The public id of who asked about the time of a case."""
    return str(Plea.objects.values_list("by__uid", flat=True).get(pk=plea_id))


def brief_of(uid: UUID) -> Brief:
    """The case in a few words."""
    case = Case.objects.get(uid=uid)
    unit = Unit.objects.get(pk=case.unit_id)
    category = catalogue.category_refs()[case.category_id]
    return Brief(case.number, name_of(category), name_of(unit), unit.email)

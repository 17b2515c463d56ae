"""Whom to tell of a case, and how to reach them. For the rooms that send; never for pages."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from gulou.cases.models import Case, Contact, Plea, Report
from gulou.catalogue import queries as catalogue
from gulou.kit.sealing import unseal
from gulou.kit.words import name_of
from gulou.photos.models import Photo
from gulou.places import queries as places


@dataclass(frozen=True)
class Reader:
    """A reporter who left an e-mail address: where, in which language, under which link."""

    email: str
    language: str
    receipt: str
    token: str


@dataclass(frozen=True)
class Caller:
    """A reporter who left a telephone number: where, in which language, under which link."""

    report_id: int
    phone: str
    language: str
    receipt: str
    token: str


@dataclass(frozen=True)
class Poster:
    """What a group of staff reads of a case: nothing of who reported it, none of their words.

    The place is that of our own registers, never what a reporter calls it.
    """

    number: str
    category: str
    place: str
    unit: str
    due_at: datetime | None
    cover: Photo | None
    restricted: bool
    merged: bool


_NEAR_M = 150


def poster_of(case_id: int) -> Poster:
    """The case for a group of staff, as it stands now."""
    found = Case.objects.select_related("cover", "street", "community", "step_unit", "unit")
    case = found.get(pk=case_id)
    near = places.nearest_place(case.lat, case.lon, within_m=_NEAR_M)
    chain = [name_of(one) for one in (case.street, case.community, near) if one is not None]
    return Poster(
        case.number, name_of(catalogue.category_refs()[case.category_id]), " ".join(chain),
        name_of(case.step_unit or case.unit), case.due_at, case.cover, case.restricted,
        case.merged_into_id is not None,
    )  # fmt: skip


def numbers_of(uids: Collection[UUID]) -> dict[UUID, str]:
    """The number of the case for each public id of a case, or of a report."""
    found = dict(Case.objects.filter(uid__in=uids).values_list("uid", "number"))
    return found | dict(Report.objects.filter(uid__in=uids).values_list("uid", "case__number"))


def reader_of_report(uid: UUID) -> Reader | None:
    """The reporter of one report, where they can be mailed."""
    report = Report.objects.select_related("contact").get(uid=uid)
    email = _left(report.contact).get("email", "")
    return Reader(email, report.language, report.receipt, report.token) if email else None


def caller_of_report(uid: UUID) -> Caller | None:
    """The reporter of one report, where they can be called."""
    report = Report.objects.select_related("contact").get(uid=uid)
    phone = _left(report.contact).get("phone", "")
    if not phone:
        return None
    return Caller(report.pk, phone, report.language, report.receipt, report.token)


def caller_with_token(token: str) -> Caller | None:
    """The reporter whose private link this is, whether they left a telephone or not."""
    report = Report.objects.filter(token=token).first()
    return Caller(report.pk, "", report.language, report.receipt, report.token) if report else None


def caller_with_receipt(receipt: str, digits: str) -> Caller | None:
    """The reporter with this receipt number whose telephone ends in these digits."""
    districts = [one.id for one in places.area_refs().values() if one.level == "district"]
    found = Report.objects.filter(district__in=districts, receipt=receipt)
    for report in found.select_related("contact"):
        phone = _left(report.contact).get("phone", "")
        mine = "".join(one for one in phone if one.isdigit())[-len(digits) :]
        if mine and compare_digest(mine.encode(), digits.encode()):
            return Caller(report.pk, phone, report.language, report.receipt, report.token)
    return None


def _left(contact: Contact | None) -> dict[str, str]:
    """What a reporter left to be reached by."""
    if contact is None or contact.erased_at is not None:
        return {}
    found: dict[str, str] = json.loads(unseal(contact.sealed))
    return found


def who_asked(plea_id: int) -> str:
    """The public id of who asked about the time of a case."""
    return str(Plea.objects.values_list("by__uid", flat=True).get(pk=plea_id))

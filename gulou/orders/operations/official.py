"""Official notices: the right to issue them, their numbers, what they say."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases.family import chain_of, family_of
from gulou.cases.models import Case, Report
from gulou.catalogue.states import MANAGE
from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, Refusal
from gulou.kit.words import clean
from gulou.orders import facts
from gulou.orders.models import Notice, NoticeCounter, Official, Order
from gulou.orders.states import ISSUE
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Unit, User

JUST_NOW = timedelta(minutes=1)


@transaction.atomic
def switch_official(*, by: User, on: bool, body: str = "", sign: str = "") -> Official:
    """Say that the district office is entitled to issue official documents, or is no more."""
    office = people.office()
    access.require(by, MANAGE, unit_id=office.id)
    body, sign = clean(body)[:60], clean(sign)[:20]
    for value, field in ((body, "body"), (sign, "sign")):
        if on and not value:
            raise Invalid(
                "order.official_missing", _("An official document carries this."), field=field
            )
    unit = Unit.objects.select_for_update().get(pk=office.id)
    official, _new = Official.objects.update_or_create(
        unit=unit, defaults={"on": on, "body": body, "sign": sign, "by": by, "at": clock.now()}
    )
    record(facts.OfficialSwitched(on=on, sign=sign), subject=unit, actor=by.actor)
    return official


@transaction.atomic
def issue_notice(
    orders: Sequence[Order], *, by: User, says: Callable[[Notice], Mapping[str, Any]] | None = None
) -> Notice:
    """Issue one official notice over these orders. Its number is the next of the year: two at the
    same instant get two, and one that fails leaves none out. What it `says` is kept with it."""
    office = people.office()
    access.require(by, ISSUE, unit_id=office.id)
    official = Official.objects.filter(unit_id=office.id, on=True).first()
    if official is None:
        raise Refusal(
            "order.not_official", _("The office has not been set up to issue official documents.")
        )
    if not orders:
        raise Invalid("order.none", _("Choose at least one order."))
    now = clock.now()
    year = timezone.localtime(now).year
    NoticeCounter.objects.bulk_create([NoticeCounter(year=year)], ignore_conflicts=True)
    counter = NoticeCounter.objects.select_for_update().get(year=year)
    _check_to_issue(orders, now)
    counter.last += 1
    counter.save(update_fields=["last"])
    notice = Notice(
        year=year, number=counter.last, body=official.body, sign=official.sign, by=by, at=now
    )
    notice.says = dict(says(notice)) if says else None
    notice.save()
    notice.orders.set(orders)
    fact = facts.NoticeIssued(year=year, number=counter.last, orders=[one.pk for one in orders])
    record(fact, subject=notice, actor=by.actor)
    return notice


def _check_to_issue(orders: Sequence[Order], now: datetime) -> None:
    """While the counter is locked: a number is not taken back, so none is given by a second click."""
    ids = [one.pk for one in orders]
    if Order.objects.filter(pk__in=ids).exclude(ended_at=None).exists():
        raise Refusal(
            "order.ended", _("One of these orders has ended. Choose those that are open.")
        )
    just_now = Notice.objects.filter(orders__in=ids, at__gt=now - JUST_NOW).first()
    if just_now is not None:
        raise Conflict(
            "order.issued_just_now",
            _(
                "A notice on one of these orders was issued a moment ago: %(number)s. Fetch that one."
            )
            % {"number": just_now},
        )


@transaction.atomic
def forget_erased(case_uid: uuid.UUID, words_id: int) -> None:
    """Words on this case were erased: keep no notice that says them, or the place they named."""
    family = family_of(Case.objects.get(uid=case_uid))
    chain = chain_of(family[0])
    mine = Q(orders__case__in={*family, *chain}) | Q(orders__given_on__in=family)
    said = Q(orders__words=words_id)
    if Report.objects.filter(words=words_id).exists():
        said |= Q(orders__case__address="") | Q(orders__given_on__address="")
    found = Notice.objects.filter(mine & said).exclude(says=None).values_list("pk", flat=True)
    Notice.objects.filter(pk__in=list(found)).update(says=None)

"""Giving orders, answering them, judging the answers: lock, allow, check, change, record."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.cases.family import chain_of, family_of, lock_together
from gulou.cases.models import Case, PhotoKind, Report, Words
from gulou.cases.operations import Evidence
from gulou.cases.operations.ground import NOTHING, add_photos, keep_words, locked
from gulou.cases.queries import cases_seen_by
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import MANAGE
from gulou.kit import clock, rows
from gulou.kit.errors import Conflict, Invalid, NotAllowed, Refusal
from gulou.kit.facts import salted_digest
from gulou.kit.words import clean
from gulou.outbox.record import record
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Duty, Unit, User

from . import facts
from .models import Notice, NoticeCounter, Official, Order, OrderAnswer
from .states import GIVE, ISSUE, State

MOST_AT_ONCE = 200
FAR = timedelta(days=366)
SYSTEM = "system"
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Outcome:
    """What came of one case of a batch: its order, or why there is none."""

    case: Case
    order: Order | None = None
    refused: Any = ""


@rows.together()
def give_order(
    case: Case, *, by: User, words: str, due_at: datetime, person: User | None = None,
    batch: uuid.UUID | None = None,
) -> Order:  # fmt: skip
    """Put a case under supervision: what is to be done, by when, and who answers for it.

    Nobody named is the head of the unit that has the case.
    """
    case = locked(case)
    _require_giver(by, case.unit_id)
    if case.ended_at is not None:
        raise Refusal("order.case_ended", _("The case has ended: there is nothing to supervise."))
    if Order.objects.filter(case=case, ended_at=None).exists():
        raise Conflict("order.open_already", _("It is under supervision already."))
    text = _needed(words)
    _check_due(due_at)
    person = person or _head_of(case.unit_id)
    _check_person(person, case)
    kept, digest = keep_words(text)
    now = clock.now()
    order = Order(
        pk=rows.new(Order), case=case, words=kept, unit_id=case.unit_id, person=person, by=by,
        at=now, since=now, batch=batch or uuid.uuid4(), due_at=due_at,
    )  # fmt: skip
    order.watch_at = _next_mark(order)
    rows.add(order)
    _mark(case, order)
    fact = facts.OrderGiven(
        order=order.pk, words=kept.pk, words_digest=digest, unit=case.unit_id,
        person=str(person.uid), due=due_at.isoformat(),
    )  # fmt: skip
    record(fact, subject=case, actor=by.actor)
    return order


def give_orders(
    cases: Sequence[Case], *, by: User, words: str, due_at: datetime, person: User | None = None
) -> list[Outcome]:
    """The same for many cases, each by itself; what is refused holds up no other."""
    batch, found = uuid.uuid4(), []
    for case in cases[:MOST_AT_ONCE]:
        try:
            order = give_order(case, by=by, words=words, due_at=due_at, person=person, batch=batch)
            found.append(Outcome(case, order))
        except Refusal as refusal:
            found.append(Outcome(case, refused=refusal.message))
    return found


@rows.together()
def answer_order(
    order: Order, *, by: User, words: str, evidence: Evidence = NOTHING
) -> Order:  # fmt: skip
    """The person responsible says what was done. Pictures go to the record of the case."""
    case, order = _locked(order)
    if order.person_id != by.pk:
        raise NotAllowed(
            "order.not_yours", _("Who was named answers it. Who gave it may name somebody else.")
        )
    if order.state != State.OPEN:
        raise Refusal("order.not_open", _("This order does not wait for an answer now."))
    kept, digest = keep_words(_needed(words))
    photos = add_photos(
        case, evidence.photos, draft=evidence.draft, kind=PhotoKind.REFERENCE, actor=by.actor, by=by
    )
    now = clock.now()
    late = now > order.due_at
    rows.add(
        OrderAnswer(
            order=order, words=kept, photos=[uuid.UUID(uid) for uid in photos], by=by, at=now,
            late=late,
        )
    )  # fmt: skip
    order.state, order.answered_at, order.watch_at = State.ANSWERED, now, None
    rows.change(order, "state", "answered_at", "watch_at")
    fact = facts.OrderAnswered(
        order=order.pk, words=kept.pk, words_digest=digest, photos=photos, late=late
    )
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def accept_answer(order: Order, *, by: User, words: str = "") -> Order:
    """The answer does: the order is done with."""
    case, order, answer = _to_judge(order, by)
    kept, digest = _maybe(words)
    _judge(answer, by, kept, accepted=True)
    _end(order, case, State.ACCEPTED)
    fact = facts.OrderAccepted(order=order.pk, words=kept.pk if kept else None, words_digest=digest)
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def send_back(
    order: Order, *, by: User, words: str, due_at: datetime | None = None
) -> Order:  # fmt: skip
    """The answer does not do: say why. The time is as before unless another one is set."""
    case, order, answer = _to_judge(order, by)
    kept, digest = keep_words(_needed(words))
    _judge(answer, by, kept, accepted=False)
    order.state, order.answered_at = State.OPEN, None
    if due_at is not None:
        _check_due(due_at)
        order.due_at, order.since, order.warned = due_at, clock.now(), 0
        _mark(case, order)
    order.watch_at = _next_mark(order)
    rows.change(order, "state", "answered_at", "due_at", "since", "warned", "watch_at")
    fact = facts.OrderSentBack(
        order=order.pk, words=kept.pk, words_digest=digest, due=order.due_at.isoformat()
    )
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def hand_order_on(order: Order, *, by: User, person: User) -> Order:
    """Name somebody else who answers for it: who was named has left, or the case moved on."""
    case, order = _locked(order)
    _require_giver(by, case.unit_id, order)
    _check_not_ended(order)
    if order.state == State.ANSWERED:
        raise Refusal("order.answered", _("It has been answered: judge the answer first."))
    if person.pk == order.person_id:
        raise Invalid("order.same_person", _("This is who was named already."), field="person")
    _check_person(person, case)
    before, order.person, order.unit_id = order.person, person, case.unit_id
    rows.change(order, "person", "unit")
    fact = facts.OrderHandedOn(
        order=order.pk, unit=case.unit_id, person=str(person.uid), person_before=str(before.uid)
    )
    record(fact, subject=case, actor=by.actor)
    return order


@rows.together()
def withdraw_order(order: Order, *, by: User, words: str) -> Order:
    """Take an order back, with the reason. It stays on record."""
    case, order = _locked(order)
    _require_giver(by, case.unit_id, order)
    _check_not_ended(order)
    kept, digest = keep_words(_needed(words))
    _end(order, case, State.WITHDRAWN)
    fact = facts.OrderWithdrawn(order=order.pk, words=kept.pk, words_digest=digest)
    record(fact, subject=case, actor=by.actor)
    return order


@transaction.atomic
def follow_case(case_uid: uuid.UUID) -> int:
    """Let the open orders of a case that was merged, or split off again, be with the case that
    answers for it now: who was named answers there; how many moved. Raises Conflict."""
    case = Case.objects.get(uid=case_uid)
    top, family = chain_of(case.pk)[-1], family_of(case)
    of_it = Q(given_on__in=family) | Q(given_on=None, case__in=family)
    moving = Order.objects.filter(of_it, ended_at=None).exclude(case=top)
    held = lock_together({case.pk, top, *moving.values_list("case_id", flat=True)})
    found = list(moving.select_for_update(of=("self",)).select_related("words").order_by("pk"))
    if chain_of(case.pk)[-1] != top or any(one.case_id not in held for one in found):
        raise Conflict("order.case_moved", _("Its case was merged or split just now. Try again."))
    for order in found:
        before, said = held[order.case_id], order.words
        order.given_on_id = order.given_on_id or order.case_id
        Order.objects.filter(pk=order.pk).update(case=top, given_on=order.given_on_id)
        fact = facts.OrderFollowed(
            order=order.pk, other=str(before.uid), words=said.pk,
            words_digest="" if said.erased_at else salted_digest(said.salt, said.text),
        )  # fmt: skip
        record(fact, subject=held[top], actor=SYSTEM)
    for one in held.values() if found else ():
        still = Order.objects.filter(case=one, ended_at=None).aggregate(due=Min("due_at"))
        Case.objects.filter(pk=one.pk).update(ordered_until=still["due"])
    return len(found)


# Watching ----------------------------------------------------------------------------------------

AT_ONCE = 200


def watch_orders() -> int:
    """Tell who is to know that the time of an order runs out; how many were looked at."""
    due = Order.objects.filter(watch_at__lte=clock.now()).order_by("watch_at")
    return sum(_warn(order) for order in list(due[:AT_ONCE]))


@rows.together()
def _warn(order: Order) -> int:
    case, order = _locked(order)
    now = clock.now()
    if order.watch_at is None or order.watch_at > now or order.state != State.OPEN:
        return 0
    reached = [p for p in _marks() if p > order.warned and _mark_at(order, p) <= now]
    if reached:
        order.warned = reached[-1]
        told = [order.person] if order.warned < 100 else [order.person, order.by]
        uids = list(dict.fromkeys(str(one.uid) for one in told if one.is_active))
        fact = facts.OrderWarned(order=order.pk, percent=order.warned, people=uids)
        record(fact, subject=case, actor=SYSTEM)
    order.watch_at = _next_mark(order)
    rows.change(order, "warned", "watch_at")
    return 1


def _marks() -> list[int]:
    """The shares at which somebody is told, as the office set them for all limits."""
    return [percent for percent, _level in catalogue.warning_marks()]


def _mark_at(order: Order, percent: int) -> datetime:
    return order.since + (order.due_at - order.since) * percent / 100


def _next_mark(order: Order) -> datetime | None:
    return next((_mark_at(order, p) for p in _marks() if p > order.warned), None)


# Official notices --------------------------------------------------------------------------------


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


# What they stand on ------------------------------------------------------------------------------


def _locked(order: Order) -> tuple[Case, Order]:
    """The case and then its order, locked: always in this turn."""
    case = locked(Case(pk=Order.objects.values_list("case_id", flat=True).get(pk=order.pk)))
    found = Order.objects.select_for_update(of=("self",)).select_related("person", "by")
    order = found.get(pk=order.pk)
    if order.case_id != case.pk:
        raise Conflict("order.case_moved", _("Its case was merged or split just now. Try again."))
    return case, order


def _require_giver(by: User, unit_id: int, order: Order | None = None) -> None:
    """Who gave an order keeps it in hand while they may give any where they gave it."""
    if (
        order is not None and order.by_id == by.pk
        and access.holds(by, GIVE, unit_id=order.unit_id)
    ):  # fmt: skip
        return
    access.require(by, GIVE, unit_id=unit_id)


def _to_judge(order: Order, by: User) -> tuple[Case, Order, OrderAnswer]:
    case, order = _locked(order)
    _require_giver(by, case.unit_id, order)
    answer = order.answers.filter(accepted=None).first()
    if by.pk in (order.person_id, answer and answer.by_id):
        raise NotAllowed("order.own_answer", _("Somebody else judges what you have answered."))
    if answer is None or order.state != State.ANSWERED:
        raise Refusal("order.nothing_to_judge", _("There is no answer to be judged now."))
    return case, order, answer


def _judge(answer: OrderAnswer, by: User, words: Words | None, *, accepted: bool) -> None:
    answer.accepted, answer.judged_by, answer.judged_at = accepted, by, clock.now()
    answer.judged_words = words
    rows.change(answer, "accepted", "judged_by", "judged_at", "judged_words")


def _end(order: Order, case: Case, state: State) -> None:
    order.state, order.ended_at, order.watch_at = state, clock.now(), None
    rows.change(order, "state", "ended_at", "watch_at")
    _mark(case, order)


def _mark(case: Case, order: Order) -> None:
    """Let lists show that the case is under supervision, or is no more: `order` has changed."""
    others = Order.objects.filter(case=case, ended_at=None).exclude(pk=order.pk)
    until = [others.aggregate(due=Min("due_at"))["due"]]
    if order.ended_at is None:
        until.append(order.due_at)
    case.ordered_until = min((one for one in until if one), default=None)
    rows.change(case, "ordered_until")


def _check_not_ended(order: Order) -> None:
    if order.ended_at is not None:
        raise Refusal("order.ended", _("This order has ended."))


def _check_due(due_at: datetime) -> None:
    now = clock.now()
    if due_at <= now:
        raise Invalid("order.due_past", _("Choose a day to come."), field="due")
    if due_at > now + FAR:
        raise Invalid("order.due_far", _("At most a year from now."), field="due")


def _check_person(person: User, case: Case) -> None:
    if not person.is_active or not cases_seen_by(person).filter(pk=case.pk).exists():
        raise Invalid(
            "order.person_blind",
            _("This person does not see the case. Name somebody of the unit that has it."),
            field="person",
        )


def _head_of(unit_id: int) -> User:
    """The head of a unit, else the deputy in charge, else the liaison."""
    group = {one.duty: one.user for one in people.leading_group(unit_id)}
    for duty in (Duty.HEAD, Duty.DEPUTY, Duty.LIAISON):
        user = group.get(duty)
        if user is not None and user.is_active:
            return user
    raise Invalid(
        "order.no_head",
        _("Nobody of the leading group of this unit signs in here. Name a person."),
        field="person",
    )


def _needed(words: str) -> str:
    text = clean(words)
    if not text:
        raise Invalid("order.words_missing", _("Say it in a few words."), field="words")
    return text


def _maybe(words: str) -> tuple[Words | None, str]:
    return keep_words(words) if clean(words) else (None, "")

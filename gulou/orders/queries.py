"""Reading orders. Each query takes the reader, and shows only what that reader may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries as cases
from gulou.cases.models import Case
from gulou.cases.queries import Row
from gulou.catalogue import queries as catalogue
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.kit.paging import Page, page_of
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import Duty, User

from .models import Notice, Official, Order, OrderAnswer
from .states import GIVE, ISSUE, State

MOST = 300
"""So many are picked at once."""
# Who gave the answer that waits.
_ANSWERER = Subquery(
    OrderAnswer.objects.filter(order=OuterRef("pk"), accepted=None).values("by")[:1]
)


@dataclass(frozen=True)
class AnswerSeen:
    """One answer, and what was said to it. `accepted` None: nobody has judged it yet."""

    text: str
    erased: bool
    photos: tuple[UUID, ...]
    by: str
    at: datetime
    late: bool
    accepted: bool | None
    judged_by: str
    judged_at: datetime | None
    judged_text: str


@dataclass(frozen=True)
class OrderSeen:
    """One order, for one reader. `row` is its case, None where the reader may not see that."""

    id: int
    uid: UUID
    number: str
    category: str
    row: Row | None
    # The case is restricted and not the reader's to see: neither text nor answers are told.
    withheld: bool
    text: str
    erased: bool
    unit: str
    person: str
    person_left: bool
    by: str
    at: datetime
    due_at: datetime
    state: State
    answered_at: datetime | None
    ended_at: datetime | None
    late: bool
    # What the reader may do: "answer", "judge", "manage", "hand_on".
    may: frozenset[str]
    answers: tuple[AnswerSeen, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """How it stands, in a word."""
        return str(self.state.label)


def orders_seen_by(user: User) -> QuerySet[Order]:
    """Those one is to answer, those one gave where one still may, and those on cases one sees."""
    if not user.is_active:
        return Order.objects.none()
    seen = cases.cases_seen_by(user).order_by().values("pk")
    reach = access.unit_ids_where(user, GIVE)
    return Order.objects.filter(
        Q(person=user, ended_at=None) | Q(by=user, unit__in=reach) | Q(case__in=seen)
    )


def order_seen_by(user: User, uid: UUID) -> Order:
    """The order with this id. Raises NotFound."""
    found = orders_seen_by(user).filter(uid=uid).first()
    if found is None:
        raise NotFound("order.not_found", _("There is no such order, or it is not yours to see."))
    return found


def to_answer(user: User, *, page: int = 0) -> Page[OrderSeen]:
    """What waits for this person's answer, the most urgent first."""
    return _seen(_to_answer(user), user, page=page)


def has_to_answer(user: User) -> bool:
    """Whether an open order names this person, so that pictures may come with the answer."""
    return user.is_active and _to_answer(user).exists()


def to_judge(user: User, *, page: int = 0) -> Page[OrderSeen]:
    """Answers that this person may accept or send back."""
    return _seen(_to_judge(user), user, page=page)


def waiting_for(user: User) -> tuple[Page[OrderSeen], Page[OrderSeen]]:
    """What one is to answer, and to judge, a page of each: for the person's day. Asks twice at
    most."""
    return to_answer(user), to_judge(user)


def open_orders(user: User, *, late: bool = False, page: int = 0) -> Page[OrderSeen]:
    """Every open order that the reader sees; those alone that are late."""
    found = orders_seen_by(user).filter(ended_at=None)
    return _seen(found.filter(_late()) if late else found, user, page=page)


def ended_orders(user: User, *, page: int = 0) -> Page[OrderSeen]:
    """Those that were accepted or withdrawn, the last first."""
    found = orders_seen_by(user).exclude(ended_at=None)
    return _seen(found, user, order="-ended_at", page=page)


def counts(user: User) -> dict[str, int]:
    """How many each list holds: "mine", "judge", "all", "late" and "ended" orders; and "notices",
    for who reads those, where there are any."""
    seen = orders_seen_by(user).order_by().aggregate(
        all=Count("pk", filter=Q(ended_at=None)),
        late=Count("pk", filter=Q(ended_at=None) & _late()),
        ended=Count("pk", filter=Q(ended_at__isnull=False)),
    )  # fmt: skip
    issued = Notice.objects.count() if _reads_notices(user) else 0
    mine = {"mine": _to_answer(user).count(), "judge": _to_judge(user).count()}
    return {**mine, **seen, **({"notices": issued} if issued else {})}


def _reads_notices(user: User) -> bool:
    return access.holds(user, ISSUE, unit_id=people.office().id)


def _to_answer(user: User) -> QuerySet[Order]:
    return Order.objects.filter(person=user, state=State.OPEN, ended_at=None)


def _to_judge(user: User) -> QuerySet[Order]:
    reach = access.unit_ids_where(user, GIVE)
    if not reach:
        return Order.objects.none()
    waiting = Order.objects.filter(state=State.ANSWERED, ended_at=None).exclude(person=user)
    waiting = waiting.annotate(answerer=_ANSWERER).exclude(answerer=user.pk)
    return waiting.filter(Q(by=user, unit__in=reach) | Q(case__unit__in=reach))


def _late() -> Q:
    return Q(state=State.OPEN, due_at__lt=clock.now())


def orders_of(case: Case, *, reader: User) -> list[OrderSeen]:
    """All orders on a case that the reader was found to see, the newest first."""
    return _seen(Order.objects.filter(case=case), reader, order="-at", answers=True)


def order_of(order: Order, *, reader: User) -> OrderSeen:
    """One order with its answers and notices."""
    (seen,) = _seen(Order.objects.filter(pk=order.pk), reader, answers=True)
    return seen


def orders_picked(user: User, uids: Collection[UUID]) -> list[Order]:
    """The orders with these ids that the reader sees, by due time."""
    found = orders_seen_by(user).filter(uid__in=list(uids)[:MOST]).select_related("case")
    return list(found.order_by("due_at", "id"))


def may_give(user: User, case: Case) -> bool:
    """Whether this person may put the case under supervision now."""
    return (
        case.ended_at is None and case.ordered_until is None
        and access.holds(user, GIVE, unit_id=case.unit_id)
    )  # fmt: skip


def may_give_any(user: User) -> bool:
    """Whether this person may give orders anywhere."""
    return bool(access.unit_ids_where(user, GIVE))


def may_issue(user: User) -> bool:
    """Whether this person may issue official notices: with the verb, where the office is entitled."""
    return access.holds(user, ISSUE, unit_id=people.office().id) and official() is not None


def official() -> Official | None:
    """The office's right to issue official documents; None where it has none."""
    return Official.objects.filter(unit_id=people.office().id, on=True).first()


def official_set() -> Official | None:
    """What was last entered for it, on or off."""
    return Official.objects.select_related("by").filter(unit_id=people.office().id).first()


def notices_seen_by(user: User, *, page: int = 0) -> Page[Notice]:
    """The notices that the office has issued, the last first, for who may issue them."""
    if not _reads_notices(user):
        return Page()
    return page_of(Notice.objects.select_related("by"), page)


def notice_seen_by(user: User, uid: UUID) -> Notice:
    """A notice with this id. Raises NotFound."""
    found = Notice.objects.filter(uid=uid).first()
    if found is None or not _reads_notices(user):
        raise NotFound("order.no_notice", _("There is no such notice."))
    return found


def persons_for(found: Sequence[Case]) -> list[User]:
    """Who may be named for these cases: whoever sees all of them, leading groups first."""
    if not found:
        return []
    seeing = [{user.pk: user for user in cases.people_who_see(case)} for case in found[:20]]
    common = set.intersection(*(set(one) for one in seeing))
    leading = _leading({case.unit_id for case in found})
    users = [user for pk, user in seeing[0].items() if pk in common]
    return sorted(users, key=lambda user: (user.pk not in leading, str(user)))


def head_of(case: Case) -> User | None:
    """Whom an order names where nobody else is: the head of the unit that has the case."""
    group = {one.duty: one.user for one in people.leading_group(case.unit_id)}
    found = (group.get(duty) for duty in (Duty.HEAD, Duty.DEPUTY, Duty.LIAISON))
    return next((user for user in found if user is not None and user.is_active), None)


def _leading(unit_ids: set[int]) -> set[int]:
    groups = people.leading_groups(unit_ids).values()
    return {one.user_id for group in groups for one in group if one.user_id}


def told_of(order_id: int) -> Order:
    """An order, for who tells of it."""
    return Order.objects.select_related("person", "by", "case").get(pk=order_id)


def _seen(
    found: QuerySet[Order], reader: User, *, order: str = "due_at", answers: bool = False,
    page: int = 0,
) -> Page[OrderSeen]:  # fmt: skip
    picked = found.select_related("case", "words", "person", "by").order_by(order, "id")
    orders: Page[Any] = page_of(picked.annotate(answerer=_ANSWERER), page)
    if not orders:
        return orders.of(())
    visible = cases.cases_seen_by(reader).filter(pk__in=[one.case_id for one in orders])
    by_case = {row.id: row for row in cases.rows_of(visible.order_by())}
    reach, now = access.unit_ids_where(reader, GIVE), clock.now()
    units, kinds = people.unit_refs(), catalogue.category_refs()
    posted = people.units_of([one.person for one in orders])
    gone = {
        one.person_id for one in orders if not (one.person.is_active and one.person_id in posted)
    }
    withheld = {one.pk for one in orders if one.case.restricted and one.case_id not in by_case}
    said: dict[int, list[AnswerSeen]] = {one.pk: [] for one in orders}
    numbers: dict[int, list[str]] = {one.pk: [] for one in orders}
    if answers:
        of_these = OrderAnswer.objects.filter(order__in=orders).exclude(order__in=withheld)
        for answer in of_these.select_related("words", "by", "judged_by", "judged_words"):
            said[answer.order_id].append(_answer(answer))
        for pk, sign, year, number in Notice.objects.filter(orders__in=orders).values_list(
            "orders", "sign", "year", "number"
        ):
            if pk in numbers:
                numbers[pk].append(f"{sign}〔{year}〕{number}号")
    return orders.of(
        OrderSeen(
            id=one.pk, uid=one.uid, number=one.case.number,
            category=name_of(kinds[one.case.category_id]), row=by_case.get(one.case_id),
            withheld=one.pk in withheld, text="" if one.pk in withheld else one.words.text,
            erased=one.words.erased_at is not None,
            unit=name_of(units[one.unit_id]), person=str(one.person),
            person_left=one.person_id in gone, by=str(one.by), at=one.at, due_at=one.due_at,
            state=State(one.state), answered_at=one.answered_at, ended_at=one.ended_at,
            late=(one.answered_at or one.ended_at or now) > one.due_at,
            may=_may(one, one.answerer, reader, reach), answers=tuple(said[one.pk]),
            notices=tuple(numbers[one.pk]),
        )
        for one in orders
    )  # fmt: skip


def _may(order: Order, answerer: int | None, reader: User, reach: frozenset[int]) -> frozenset[str]:
    if order.ended_at is not None:
        return frozenset()
    may = set()
    if order.person_id == reader.pk and order.state == State.OPEN:
        may.add("answer")
    if order.case.unit_id in reach or (order.by_id == reader.pk and order.unit_id in reach):
        may.add("manage")
        if order.state != State.ANSWERED:
            may.add("hand_on")
        elif reader.pk not in (order.person_id, answerer):
            may.add("judge")
    return frozenset(may)


def _answer(one: OrderAnswer) -> AnswerSeen:
    return AnswerSeen(
        text=one.words.text, erased=one.words.erased_at is not None, photos=tuple(one.photos),
        by=str(one.by), at=one.at, late=one.late, accepted=one.accepted,
        judged_by=str(one.judged_by or ""), judged_at=one.judged_at,
        judged_text=one.judged_words.text if one.judged_words else "",
    )  # fmt: skip

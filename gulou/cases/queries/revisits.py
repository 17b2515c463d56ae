"""Closed cases that are looked at again: what waits for whom, what was found, and how it was drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case as Either
from django.db.models import Count, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.cases.models import Case, CasePhoto, Note, Report, Revisit, RevisitKind
from gulou.cases.operations.revisits import VERBS, may_be_named
from gulou.cases.states import StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import RecheckWay
from gulou.kit import clock
from gulou.kit.errors import NotFound
from gulou.kit.paging import Page, page_of
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.photos.models import Photo
from gulou.places import queries as places

from .rows import Row, rows_of
from .seen import cases_seen_by, photo_seen_by

MOST_AFIELD = 200


@dataclass(frozen=True)
class RevisitRow:
    """One line of the list. `number` is "" where the reader may not know which case it is."""

    uid: UUID
    kind: str
    kind_label: str
    nth: int
    days: int
    number: str
    category: str
    place: str
    unit: str
    person: str
    mine: bool
    begun_at: datetime | None
    due_at: datetime | None
    late: bool
    ended_at: datetime | None
    outcome: str
    said_by: str
    answered_by: str

    @property
    def blind(self) -> bool:
        """Whether it is an independent recheck."""
        return self.kind == RevisitKind.BLIND


@dataclass(frozen=True)
class RevisitPhoto:
    """A picture for who looks at it again."""

    uid: UUID
    kind: str
    after: bool
    kind_label: str
    at: datetime


@dataclass(frozen=True)
class RevisitSeen:
    """What who looks at it again is shown: the problem and what was done, not who closed it."""

    row: RevisitRow
    category_id: int
    words: list[str]
    handled: str
    handled_at: datetime | None
    closed_at: datetime | None
    photos: list[RevisitPhoto]
    lat: float
    lon: float
    on_spot: bool
    # May say how it is; for a colleague; may name somebody else.
    may_answer: bool
    beside: bool
    may_name: bool
    may_hand_over: bool
    # The reader sees the case itself.
    may_open: bool


@dataclass(frozen=True)
class Verdicts:
    """Independent rechecks of closed cases of one unit: how many, and how many said otherwise."""

    unit_id: int
    said: int
    differing: int


def is_office(user: User) -> bool:
    """Whether somebody looks after rechecks for the district office."""
    return access.holds(user, states.NAME_RECHECKER.verb, unit_id=people.office().id)


def has_checks(user: User) -> bool:
    """Whether the list of what is looked at again concerns somebody."""
    reach = access.reach_of(user)
    return any(reach.unit_ids_where(verb) for verb in (*VERBS.values(), states.NAME_RECHECKER.verb))


def _begun() -> QuerySet[Revisit]:
    return Revisit.objects.filter(begun_at__isnull=False, ended_at=None)


def my_revisits(user: User, *, page: int = 0) -> Page[RevisitRow]:
    """What waits for this person in person, the most urgent first."""
    found = Revisit.objects.filter(person=user, ended_at=None, begun_at__isnull=False)
    found = found if user.is_active else found.none()
    return _rows(found.order_by("due_at", "pk"), user, page)


def revisits_beside(user: User, *, page: int = 0) -> Page[RevisitRow]:
    """What waits for colleagues at the units where the person could do it too."""
    reach, mine = access.reach_of(user), Q()
    for kind, verb in VERBS.items():
        mine |= Q(kind=kind, unit_id__in=list(reach.unit_ids_where(verb)))
    found = _begun().filter(mine).exclude(person=user).exclude(rechecker=user)
    read = list(reach.unit_ids_where(states.READ))
    found = found.exclude(kind=RevisitKind.BLIND, case__unit_id__in=read)
    return _rows(found.order_by("due_at", "pk"), user, page)


def all_revisits(user: User, *, page: int = 0) -> Page[RevisitRow]:
    """Everything that waits, for the office; what waits for nobody comes first."""
    if not is_office(user):
        return Page()
    nobody = Either(When(person=None, then=0), default=1)
    return _rows(_begun().order_by(nobody, "due_at", "pk"), user, page)


def revisits_done(user: User, *, page: int = 0) -> Page[RevisitRow]:
    """What was found lately: all of it for the office, one's own for everybody else."""
    found = Revisit.objects.filter(outcome__in=["passed", "failed"])
    if not is_office(user):
        found = found.filter(by=user)
    return _rows(found.order_by("-ended_at", "-pk"), user, page)


def unmanned_revisits(user: User) -> int:
    """How many wait for the office to name somebody; 0 for everybody else."""
    if not is_office(user):
        return 0
    return _begun().filter(unit_id=people.office().id, person=None).count()


def rechecks_beside(user: User, *, page: int = 0) -> Page[tuple[Row, str]]:
    """Rechecks that wait for a colleague where the person could do them too, and for whom."""
    units = list(access.reach_of(user).unit_ids_where(states.CLOSE.verb))
    found = Case.objects.filter(
        ended_at=None, step_kind=StepKind.RECHECK, step_unit_id__in=units,
        step_person__isnull=False,
    ).exclude(step_person=user)  # fmt: skip
    shown = page_of(found.select_related("step_person").order_by("due_at", "id"), page)
    who = {one.pk: str(one.step_person) for one in shown}
    rows = rows_of(Case.objects.filter(pk__in=who).order_by("due_at", "id"))
    return shown.of((row, who[row.id]) for row in rows)


def recheck_beside(user: User, number: str) -> Case:
    """A case of `rechecks_beside`. Raises NotFound."""
    case = Case.objects.filter(district_id=places.district().id, number=number).first()
    units = access.reach_of(user).unit_ids_where(states.CLOSE.verb)
    there = case is not None and case.step_kind == StepKind.RECHECK
    if case is None or not there or case.step_unit_id not in units or not user.is_active:
        raise NotFound("case.not_found", _("There is no such case, or it is not yours to see."))
    return case


def revisit_seen_by(user: User, uid: UUID) -> tuple[Revisit, RevisitSeen]:
    """One of them, for who may do it or looks after them. Raises NotFound."""
    found = Revisit.objects.filter(uid=uid, begun_at__isnull=False).select_related("case", "person")
    revisit = found.first()
    if revisit is None or not user.is_active:
        raise _unknown()
    mine, office = revisit.person_id == user.pk, is_office(user)
    verb = VERBS[RevisitKind(revisit.kind)]
    beside = not mine and access.holds(user, verb, unit_id=revisit.unit_id or 0)
    beside = beside and may_be_named(user, revisit.case, revisit)
    waits = revisit.ended_at is None
    if not (office or revisit.by_id == user.pk or (waits and (mine or beside))):
        raise _unknown()
    return revisit, _seen(revisit, user, may=waits and (mine or beside), beside=beside,
                          name=waits and office)  # fmt: skip


def _unknown() -> NotFound:
    return NotFound(
        "revisit.not_found", _("There is no such look-back, or it is not yours to see.")
    )


def _seen(revisit: Revisit, user: User, *, may: bool, beside: bool, name: bool) -> RevisitSeen:
    (seen,) = _all_seen([revisit], user, may=may, beside=beside, name=name)
    return seen


def my_revisits_seen(user: User) -> list[RevisitSeen]:
    """As `my_revisits`, each with what whoever looks at it again is shown."""
    found = Revisit.objects.filter(person=user, ended_at=None, begun_at__isnull=False)
    found = found.select_related("case", "person", "by")
    mine = list(found.order_by("due_at", "pk")[:MOST_AFIELD])
    if not mine or not user.is_active:
        return []
    return _all_seen(mine, user, may=True, beside=False, name=is_office(user))


def _all_seen(
    revisits: Sequence[Revisit], user: User, *, may: bool, beside: bool, name: bool
) -> list[RevisitSeen]:
    """What is shown of each, in their order; a few queries for all."""
    case_ids = [one.case_id for one in revisits]
    handled = Note.objects.filter(case__in=case_ids, move=states.HANDLE.name)
    done = {one.case_id: one for one in handled.select_related("words")}
    said: dict[int, list[str]] = {}
    reports = Report.objects.filter(case__in=case_ids).order_by("received_at")
    for report in reports.select_related("words"):
        said.setdefault(report.case_id, []).append(report.words.text)
    shown: dict[int, list[RevisitPhoto]] = {}
    for one in _shown(case_ids):
        photo = RevisitPhoto(
            one.photo.uid, one.kind, one.kind == "after", one.get_kind_display(), one.added_at
        )
        shown.setdefault(one.case_id, []).append(photo)
    opened = set(cases_seen_by(user).filter(pk__in=case_ids).values_list("pk", flat=True))
    rows = {row.uid: row for row in _as_rows(revisits, user)}
    return [
        RevisitSeen(
            row=rows[one.uid], category_id=one.case.category_id,
            words=[text for text in said.get(one.case_id, ()) if text],
            handled=done[one.case_id].words.text if one.case_id in done else "",
            handled_at=done[one.case_id].at if one.case_id in done else None,
            closed_at=None if rows[one.uid].blind else one.closed_at,
            photos=shown.get(one.case_id, []), lat=one.case.lat, lon=one.case.lon,
            on_spot=not rows[one.uid].blind
            or catalogue.checking_for(one.case.category_id).way == RecheckWay.ON_SPOT,
            may_answer=may, beside=beside, may_name=name,
            may_hand_over=name or (may and not beside), may_open=one.case_id in opened,
        )
        for one in revisits
    ]  # fmt: skip


def _shown(case_ids: Sequence[int]) -> QuerySet[CasePhoto]:
    """The pictures of the problem and of what the unit did, but none of any recheck."""
    found = CasePhoto.objects.filter(case__in=case_ids).exclude(kind="recheck")
    return found.exclude(step__kind=StepKind.RECHECK).select_related("photo")


def photo_for_revisit(user: User, uid: UUID) -> Photo | None:
    """A picture that the person is shown because they are to look at its case again."""
    cases = CasePhoto.objects.filter(photo__uid=uid).values("case_id")
    for revisit in _begun().filter(case_id__in=cases).select_related("case"):
        mine = revisit.person_id == user.pk
        verb = VERBS[RevisitKind(revisit.kind)]
        if mine or (
            access.holds(user, verb, unit_id=revisit.unit_id or 0)
            and may_be_named(user, revisit.case, revisit)
        ):
            shown = _shown([revisit.case_id]).filter(photo__uid=uid).first()
            if shown is not None:
                return shown.photo
    return None


def photo_for_task(user: User, uid: UUID) -> Photo:
    """A picture on a case that the user sees, or is to look at again. Raises NotFound."""
    try:
        return photo_seen_by(user, uid)
    except NotFound:
        found = photo_for_revisit(user, uid)
        if found is None:
            raise
        return found


def revisitor_choices(revisit: Revisit) -> list[User]:
    """Whom the office may name to look at it again."""
    verb = VERBS[RevisitKind(revisit.kind)]
    able = people.people_at(list(people.unit_refs()), verb)
    return [one for one in able if may_be_named(one, revisit.case, revisit)]


def uid_of_revisit(pk: int) -> UUID:
    """The public id of one of them."""
    return Revisit.objects.values_list("uid", flat=True).get(pk=pk)


def _rows(found: QuerySet[Revisit], user: User, page: int) -> Page[RevisitRow]:
    shown = page_of(found.select_related("case", "person", "by"), page)
    return shown.of(_as_rows(shown, user))


def _as_rows(shown: Iterable[Revisit], user: User) -> list[RevisitRow]:
    units, office = people.unit_refs(), is_office(user)
    now, categories = clock.now(), catalogue.category_refs()
    areas = places.area_refs()
    return [
        RevisitRow(
            uid=one.uid, kind=one.kind, kind_label=one.get_kind_display(), nth=one.nth,
            days=one.days, number=one.case.number if office or one.kind != "blind" else "",
            category=name_of(categories[one.case.category_id]),
            place=one.case.address or _name(areas, one.case.community_id)
            or _name(areas, one.case.street_id),
            unit=_name(units, one.unit_id), person=str(one.person or ""),
            mine=one.person_id == user.pk, begun_at=one.begun_at, due_at=one.due_at,
            late=one.due_at is not None and (one.ended_at or now) > one.due_at,
            ended_at=one.ended_at, outcome=one.outcome, said_by=str(one.by or ""),
            answered_by=_name(units, one.answered_by_id),
        )
        for one in shown
    ]  # fmt: skip


def _name(registry: object, pk: int | None) -> str:
    held = registry[pk] if pk is not None and pk in registry else None  # type: ignore[operator,index]  # two registries
    return name_of(held) if held is not None else ""


def blind_verdicts(since: datetime, until: datetime) -> list[Verdicts]:
    """Independent rechecks of a period, by the unit that had answered for the case."""
    found = Revisit.objects.filter(
        kind=RevisitKind.BLIND, outcome__in=["passed", "failed"], ended_at__gte=since,
        ended_at__lt=until, answered_by__isnull=False, case__restricted=False,
    )  # fmt: skip
    counted = found.order_by().values_list("answered_by_id").annotate(
        said=Count("pk"), differing=Count("pk", filter=Q(outcome="failed"))
    )  # fmt: skip
    return [Verdicts(*one) for one in counted.order_by("answered_by_id")]

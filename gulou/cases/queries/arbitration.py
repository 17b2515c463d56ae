"""Reading return wars: what each unit said, what had sent the case there, what was decided."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from gulou.cases import states
from gulou.cases.models import Arbitration, Case, CasePhoto, Statement
from gulou.cases.routing import routing_of
from gulou.catalogue import queries as catalogue
from gulou.catalogue.operations import RuleDraft
from gulou.catalogue.queries import RuleRef
from gulou.catalogue.routing import decide
from gulou.catalogue.rule_words import RuleWords
from gulou.catalogue.rulebook import Change, changed, in_force, rules_now
from gulou.kit.words import name_of
from gulou.people import access
from gulou.people import queries as people
from gulou.people.models import User
from gulou.people.queries import today
from gulou.places import queries as places

FEWEST = 2
"""Before so many returns nothing is in dispute."""


@dataclass(frozen=True)
class StatementSeen:
    """What one unit said when it returned the case. `sent_by` is the rule that had sent it there,
    in words; "" where a dispatcher chose."""

    unit: str
    named: str
    reason: str
    text: str
    erased: bool
    by: str
    at: datetime
    sent_by: str
    rule_id: int | None
    photos: tuple[UUID, ...]


@dataclass(frozen=True)
class ArbitrationSeen:
    """Statements side by side, and the decision. `unit` is "" while nothing is decided; then it
    `waits`, unless the case has ended otherwise."""

    id: int
    cause: str
    at: datetime
    statements: tuple[StatementSeen, ...]
    waits: bool
    unit_id: int
    unit: str
    text: str
    erased: bool
    by: str
    decided_at: datetime | None
    rule_id: int | None


def waiting_arbitration(case: Case) -> Arbitration | None:
    """The arbitration that a case stands in."""
    return Arbitration.objects.filter(case=case, step__ended_at=None).order_by("-id").first()


def undecided(case: Case) -> Arbitration | None:
    """The last arbitration of a case, where nothing was decided in it: the case ended meanwhile."""
    last = case.arbitrations.order_by("-id").first() if case.returns >= FEWEST else None
    return last if last is not None and last.decided_at is None else None


def arbitration_of(case: Case, arbitration_id: int) -> Arbitration | None:
    """A decision on this case."""
    found = Arbitration.objects.filter(case=case, pk=arbitration_id, decided_at__isnull=False)
    return found.select_related("unit").first()


def units_in_dispute(case: Case) -> list[int]:
    """Who spoke, and whom they named, in this order."""
    said = Statement.objects.filter(case=case).values_list("unit_id", "named_id")
    return list(dict.fromkeys(pk for pair in said for pk in pair if pk))


def units_heard(arbitration_id: int) -> list[int]:
    """The units that had returned the case before this decision."""
    one = Arbitration.objects.get(pk=arbitration_id)
    said = Statement.objects.filter(case=one.case_id, at__lte=one.at)
    return list(dict.fromkeys(said.values_list("unit_id", flat=True)))


def may_make_rules(user: User, case: Case) -> bool:
    """Whether this person may make a rule of a decision on this case."""
    return access.holds(user, states.ARBITRATE.verb, unit_id=case.unit_id)


def settled_reasons(case: Case) -> frozenset[int]:
    """The reasons for which its present unit cannot return a case: an arbitration has named this
    unit in spite of them."""
    if case.returns < 2:
        return frozenset()
    last = Arbitration.objects.filter(case=case, decided_at__isnull=False).order_by("-id").first()
    if last is None or last.unit_id != case.unit_id:
        return frozenset()
    said = Statement.objects.filter(case=case, at__lte=last.at, reason__isnull=False)
    return frozenset(pk for pk in said.values_list("reason_id", flat=True) if pk)


def arbitrations_of(case: Case) -> list[ArbitrationSeen]:
    """Every arbitration of a case, the newest first. Nothing is asked where it was never returned
    twice."""
    if case.returns < 2:
        return []
    found = Arbitration.objects.filter(case=case).select_related("step", "words", "by")
    newest = list(found.order_by("-id"))
    if not newest:
        return []
    statements = _statements(case)
    return [_seen(one, [s for s in statements if s.at <= one.at]) for one in newest]


def statements_of(case: Case) -> list[StatementSeen]:
    """What units have said when they returned the case, oldest first."""
    return _statements(case)


def _seen(one: Arbitration, statements: Iterable[StatementSeen]) -> ArbitrationSeen:
    unit = people.unit_refs().get(one.unit_id or 0)
    return ArbitrationSeen(
        id=one.pk, cause=one.get_cause_display(), at=one.at, statements=tuple(statements),
        waits=one.step.ended_at is None, unit_id=one.unit_id or 0, unit=name_of(unit) if unit else "",
        text=one.words.text if one.words else "",
        erased=one.words is not None and one.words.erased_at is not None, by=str(one.by or ""),
        decided_at=one.decided_at, rule_id=one.rule_id,
    )  # fmt: skip


def _statements(case: Case) -> list[StatementSeen]:
    found = list(Statement.objects.filter(case=case).select_related("words", "reason", "by"))
    photos: dict[int, list[UUID]] = defaultdict(list)
    of_steps = CasePhoto.objects.filter(case=case, step__in=[one.step_id for one in found])
    for step_id, uid in of_steps.values_list("step_id", "photo__uid"):
        photos[step_id or 0].append(uid)
    units, words = people.unit_refs(), RuleWords()
    rules = {rule.id: rule for rule in catalogue.all_rules()}

    def sent_by(rule: RuleRef | None) -> str:
        return f"{words.what(rule)} · {words.where(rule)} → {words.lead(rule)}" if rule else ""

    return [
        StatementSeen(
            unit=name_of(units[one.unit_id]), named=name_of(units[one.named_id]) if one.named_id else "",
            reason=name_of(one.reason) if one.reason else "", text=one.words.text,
            erased=one.words.erased_at is not None, by=str(one.by), at=one.at,
            sent_by=sent_by(rules.get(one.rule_id or 0)), rule_id=one.rule_id,
            photos=tuple(photos[one.step_id]),
        )
        for one in found
    ]  # fmt: skip


# What a decision would be as a rule --------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A decision as a rule: what it would say, which rule of the same scope it takes the place of,
    and whether the case itself would go to the unit by it."""

    draft: RuleDraft
    change: Change
    instead_of: int | None
    reaches: bool


def rule_says_so(case: Case, unit_id: int) -> bool:
    """Whether the rules of today send the case to this unit anyway."""
    return routing_of(case).unit_id == unit_id


def places_of(case: Case) -> list[int | None]:
    """Where a rule of this case may hold: its community, its street, the whole district."""
    return [*dict.fromkeys(pk for pk in (case.community_id, case.street_id) if pk), None]


def offer_of(
    case: Case, unit_id: int, *, area_id: int | None, condition_id: int | None, reason: str
) -> Offer:
    """What a rule of this scope would be, with the rules as they are today."""
    draft = RuleDraft(
        area_id=area_id, category_id=case.category_id, condition_id=condition_id, unit_id=unit_id,
        reason=reason, since=today(),
    )  # fmt: skip
    scope = (area_id, case.category_id, condition_id)
    held = in_force(rules_now(), today())
    same = [r for r in held if (r.area_id, r.category_id, r.condition_id) == scope]
    old = same[0] if same else None
    if old is not None:
        draft = replace(draft, verify_first=old.verify_first, until=old.until)
    if case.unit_id == unit_id:
        draft = replace(draft, assisting_ids=tuple(case.assisting))
    change = Change(on=today(), ends=old.id if old else None, sets=draft.as_ref())
    where = places.locate(case.lat, case.lon, accuracy_m=case.accuracy_m or 0)
    made = decide(
        where=where, category_id=case.category_id, condition_id=case.condition_id, on=today(),
        rules=changed(rules_now(), change),
    )  # fmt: skip
    return Offer(draft, change, old.id if old else None, made.unit_id == unit_id)


def best_offer(case: Case, unit_id: int, *, reason: str) -> Offer:
    """The widest rule that a person would expect of the decision: for its street, else closer."""
    street = case.street_id or None
    tried = [(street, None), (case.community_id or street, None), (street, case.condition_id),
             (case.community_id or street, case.condition_id)]  # fmt: skip
    offers = (
        offer_of(case, unit_id, area_id=area, condition_id=condition, reason=reason)
        for area, condition in tried
    )
    first: Offer | None = None
    for offer in offers:
        if offer.reaches:
            return offer
        first = first or offer
    assert first is not None  # noqa: S101  there are four
    return first

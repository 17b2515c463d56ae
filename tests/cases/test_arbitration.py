"""Return wars end: the third return, or two units that name each other, is decided by the office."""

from datetime import timedelta

import pytest

from gulou.cases import operations, queries, states
from gulou.cases.models import Arbitration, Case, Statement, Step
from gulou.cases.routing import routing_of
from gulou.cases.states import State, StepKind
from gulou.catalogue.models import Reason, Rule
from gulou.kit import clock
from gulou.kit.errors import Conflict, Invalid, NotAllowed, Refusal
from gulou.outbox.audit import audit
from gulou.outbox.models import Event
from gulou.people.models import Role, Unit, User
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, evidence, reason
from tests.factories.catalogue import RuleFactory
from tests.factories.people import PostingFactory, UserFactory


def thrown_back(
    cast: Cast, case: Case, *, by: User, unit: Unit, named: Unit | None = None, words: str = "不归我们管"
) -> Case:  # fmt: skip
    """Dispatched to a unit, and returned by it."""
    case = operations.dispatch_case(case, by=cast.guo, unit_id=unit.pk)
    return operations.return_case(
        case, by=by, reason_id=reason("return").pk, words=words, named_id=named.pk if named else None
    )  # fmt: skip


def in_dispute(cast: Cast, kinds: Kinds) -> Case:
    """The street and the department name each other."""
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = thrown_back(cast, case, by=cast.lin, unit=cast.street, named=cast.department)
    return thrown_back(cast, case, by=cast.chen, unit=cast.department, named=cast.street)


def decided(cast: Cast, case: Case) -> Case:
    return operations.arbitrate_case(
        case, by=cast.guo, unit_id=cast.department.pk, words="绿地由其养护"
    )


def test_the_third_return_goes_to_arbitration(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    for _n in range(2):
        case = thrown_back(cast, case, by=cast.lin, unit=cast.street)
        assert case.step_kind == StepKind.DISPATCH
    case = thrown_back(cast, case, by=cast.chen, unit=cast.department)
    assert (case.state, case.step_kind, case.step_unit_id) == (
        State.FILED, StepKind.ARBITRATE, cast.office.pk
    )  # fmt: skip
    assert Arbitration.objects.get(case=case).cause == "third"
    last = Event.objects.filter(subject_uid=case.uid).order_by("sequence").last()
    assert last is not None and last.payload["arbitration"] == "third"
    assert case.number in [row.number for row in queries.my_work(cast.guo)]


def test_two_units_that_name_each_other_go_at_once(cast: Cast, kinds: Kinds) -> None:
    case = in_dispute(cast, kinds)
    assert (case.returns, case.step_kind) == (2, StepKind.ARBITRATE)
    assert Arbitration.objects.get(case=case).cause == "mutual"


def test_naming_a_third_unit_is_no_dispute_yet(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = thrown_back(cast, case, by=cast.lin, unit=cast.street, named=cast.other_street)
    case = thrown_back(cast, case, by=cast.chen, unit=cast.department, named=cast.street)
    assert case.step_kind == StepKind.DISPATCH


def test_a_unit_cannot_name_itself(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    with pytest.raises(Invalid) as refusal:
        thrown_back(cast, case, by=cast.lin, unit=cast.street, named=cast.street)
    assert refusal.value.field == "named"


def test_statements_stand_side_by_side(cast: Cast, kinds: Kinds) -> None:
    rule = RuleFactory.create(category=kinds.rubbish, unit=cast.street, area=cast.land.west)
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    case = operations.dispatch_case(case, by=cast.guo, unit_id=cast.street.pk)
    case = operations.return_case(
        case, by=cast.lin, reason_id=reason("return").pk, words="在绿地内",
        named_id=cast.department.pk, evidence=evidence(),
    )  # fmt: skip
    case = thrown_back(
        cast, case, by=cast.chen, unit=cast.department, named=cast.street, words="红线外"
    )
    (shown,) = queries.arbitrations_of(case)
    ours, theirs = shown.statements
    assert (ours.text, ours.rule_id, len(ours.photos)) == ("在绿地内", rule.pk, 1)
    assert (theirs.text, theirs.sent_by, theirs.photos) == ("红线外", "", ())
    assert shown.waits and not shown.unit
    assert queries.units_in_dispute(case) == [cast.street.pk, cast.department.pk]


def test_it_is_decided_and_dispatched(cast: Cast, kinds: Kinds) -> None:
    case = decided(cast, in_dispute(cast, kinds))
    assert (case.state, case.unit_id, case.step_kind) == (
        State.DISPATCHED, cast.department.pk, StepKind.ACCEPT
    )  # fmt: skip
    (shown,) = queries.arbitrations_of(case)
    assert (shown.text, shown.waits, shown.unit_id) == ("绿地由其养护", False, cast.department.pk)
    last = Event.objects.filter(subject_uid=case.uid).order_by("sequence").last()
    assert last is not None and last.name == "case.arbitrated"
    assert "绿地" not in str(last.payload)
    assert list(audit()) == []


def test_who_lost_cannot_return_it_for_the_same_reason(cast: Cast, kinds: Kinds) -> None:
    case = decided(cast, in_dispute(cast, kinds))
    with pytest.raises(Invalid) as refusal:
        operations.return_case(case, by=cast.chen, reason_id=reason("return").pk, words="还是不归")
    assert refusal.value.code == "case.reason_settled"
    fresh = Reason.objects.create(kind="return", code="new", name_zh="重复", name_en="Twice")
    case = operations.return_case(case, by=cast.chen, reason_id=fresh.pk, words="与另案重复")
    assert case.step_kind == StepKind.ARBITRATE


@pytest.mark.parametrize("name", ["dispatch", "on_spot"])
def test_nobody_goes_around_it(cast: Cast, kinds: Kinds, name: str) -> None:
    case = in_dispute(cast, kinds)
    operation = {"dispatch": operations.dispatch_case, "on_spot": operations.rectify_on_the_spot}
    with pytest.raises(Refusal) as refusal:
        operation[name](case, by=cast.guo, unit_id=cast.street.pk)
    assert refusal.value.code == "case.in_arbitration"
    offered = {move.name for move in queries.moves_open_to(cast.guo, case)}
    assert name not in offered and "arbitrate" in offered


def test_only_the_office_decides(cast: Cast, kinds: Kinds) -> None:
    case = in_dispute(cast, kinds)
    for who in (cast.lin, cast.chen, cast.wu):
        with pytest.raises(NotAllowed):
            operations.arbitrate_case(case, by=who, unit_id=cast.street.pk, words="归他")


def test_a_return_taken_back_never_was(cast: Cast, kinds: Kinds) -> None:
    case = in_dispute(cast, kinds)
    case = operations.undo_move(case, by=cast.chen)
    assert (case.state, case.unit_id, case.returns) == (State.DISPATCHED, cast.department.pk, 1)
    assert not Arbitration.objects.filter(case=case).exists()
    assert Statement.objects.filter(case=case).count() == 1
    case = operations.return_case(
        case, by=cast.chen, reason_id=reason("return").pk, words="想好了", named_id=cast.street.pk
    )
    assert case.step_kind == StepKind.ARBITRATE


def test_lateness_of_a_unit_that_it_did_not_belong_to_is_forgiven(cast: Cast, kinds: Kinds) -> None:
    case = a_case(cast, kinds.rubbish, state=State.FILED)
    start = clock.now()
    for who, unit, named in (
        (cast.lin, cast.street, cast.department), (cast.chen, cast.department, cast.street)
    ):  # fmt: skip
        case = operations.dispatch_case(case, by=cast.guo, unit_id=unit.pk)
        Step.objects.filter(case=case, ended_at=None).update(due_at=start - timedelta(hours=1))
        case = operations.return_case(
            case, by=who, reason_id=reason("return").pk, words="不归我们", named_id=named.pk
        )
    case = decided(cast, case)
    excused = dict(case.steps.filter(outcome="returned").values_list("unit", "excused"))
    assert excused == {cast.street.pk: True, cast.department.pk: False}


def _offer(case: Case, unit: Unit) -> queries.Offer:
    return queries.best_offer(case, unit.pk, reason="裁定")


def _rule_of(
    case: Case, arbitration_id: int, *, by: User, area_id: int | None = None,
    condition_id: int | None = None,
) -> Rule:  # fmt: skip
    """For its street, where nothing else is said."""
    return operations.make_rule_of(
        case, arbitration_id, by=by, area_id=area_id or case.street_id, condition_id=condition_id,
        reason="裁定",
    )  # fmt: skip


def test_a_decision_becomes_a_rule(cast: Cast, kinds: Kinds) -> None:
    case = decided(cast, in_dispute(cast, kinds))
    (shown,) = queries.arbitrations_of(case)
    offer = _offer(case, cast.department)
    assert (offer.reaches, offer.instead_of) == (True, None)
    rule = _rule_of(case, shown.id, by=cast.guo)
    assert (rule.unit_id, rule.area_id, rule.category_id) == (
        cast.department.pk, cast.land.west.pk, kinds.rubbish.pk
    )  # fmt: skip
    told = Event.objects.get(subject_uid=rule.uid)
    assert told.payload["decided_in"] == case.number and told.actor == cast.guo.actor
    assert routing_of(a_case(cast, kinds.rubbish)).unit_id == cast.department.pk
    with pytest.raises(Conflict):
        _rule_of(case, shown.id, by=cast.guo)


def test_it_takes_the_place_of_the_rule_that_was_wrong(cast: Cast, kinds: Kinds) -> None:
    wrong = RuleFactory.create(category=kinds.rubbish, unit=cast.street, area=cast.land.west)
    case = decided(cast, in_dispute(cast, kinds))
    offer = _offer(case, cast.department)
    assert offer.instead_of == wrong.pk and offer.reaches
    (shown,) = queries.arbitrations_of(case)
    _rule_of(case, shown.id, by=cast.guo)
    wrong.refresh_from_db()
    assert wrong.until is not None
    assert routing_of(case).unit_id == cast.department.pk


def test_a_rule_says_what_was_decided_and_by_whom(cast: Cast, kinds: Kinds) -> None:
    case = decided(cast, in_dispute(cast, kinds))
    (shown,) = queries.arbitrations_of(case)
    with pytest.raises(NotAllowed):
        _rule_of(case, shown.id, by=cast.lin)
    elsewhere, other = cast.land.east.pk, (case.condition_id or 0) + 999
    for scope in ({"area_id": elsewhere}, {"condition_id": other}):
        with pytest.raises(Invalid) as refusal:
            _rule_of(case, shown.id, by=cast.guo, **scope)
        assert refusal.value.code == "case.other_rule"
    assert not Rule.objects.exists()


def test_words_of_a_decision_can_be_erased(cast: Cast, kinds: Kinds) -> None:
    case = decided(cast, in_dispute(cast, kinds))
    one = Arbitration.objects.get(case=case)
    operations.erase_words(case, by=cast.guo, words_id=one.words_id or 0)
    (shown,) = queries.arbitrations_of(case)
    assert shown.erased and not shown.text


@pytest.fixture
def clerk(cast: Cast) -> User:
    """Files and declines at the office, but does not arbitrate."""
    verbs = [one for one in Role.objects.get(code="dispatcher").verbs if one != "case.arbitrate"]
    role = Role.objects.create(
        code="clerk", name_zh="受理员", name_en="Clerk", verbs=verbs, reaches_below=True
    )
    user = UserFactory.create()
    PostingFactory.create(user=user, role=role, unit=cast.root)
    return user


def test_who_does_not_decide_it_cannot_end_it_either(cast: Cast, kinds: Kinds, clerk: User) -> None:
    case, open_case = in_dispute(cast, kinds), a_case(cast, kinds.rubbish, state=State.FILED)
    ways = {states.DECLINE, states.REDIRECT}
    assert ways <= set(queries.moves_open_to(clerk, open_case))
    assert ways.isdisjoint(queries.moves_open_to(clerk, case))
    assert ways <= set(queries.moves_open_to(cast.guo, case))
    for end, kind in ((operations.decline_case, "decline"), (operations.redirect_case, "redirect")):
        with pytest.raises(NotAllowed):
            end(case, by=clerk, reason_id=reason(kind).pk)


def test_what_ended_undecided_is_in_arbitration_again_when_it_is_opened(
    cast: Cast, kinds: Kinds
) -> None:
    case = in_dispute(cast, kinds)
    case = operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)
    case = operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    assert (case.state, case.step_kind) == (State.FILED, StepKind.ARBITRATE)
    case = operations.undo_move(case, by=cast.guo)
    assert Arbitration.objects.filter(case=case).count() == 1
    case = operations.reopen_case(case, by=cast.guo, reason_id=reason("reopen").pk)
    case = decided(cast, case)
    assert case.state == State.DISPATCHED


def test_what_was_merged_undecided_is_in_arbitration_again_when_it_is_filed(
    cast: Cast, kinds: Kinds
) -> None:
    case = in_dispute(cast, kinds)
    case = operations.merge_case(case, by=cast.guo, into=a_case(cast, kinds.rubbish))
    case = operations.split_case(case, by=cast.guo)
    assert states.ON_SPOT not in queries.moves_open_to(cast.guo, case)
    with pytest.raises(Refusal) as refusal:
        operations.rectify_on_the_spot(case, by=cast.guo, unit_id=cast.street.pk)
    assert refusal.value.code == "case.in_arbitration"
    case = operations.file_case(case, by=cast.guo)
    assert case.step_kind == StepKind.ARBITRATE


def test_a_case_that_ends_otherwise_is_decided_by_nobody(cast: Cast, kinds: Kinds) -> None:
    case = in_dispute(cast, kinds)
    case = operations.decline_case(case, by=cast.guo, reason_id=reason("decline").pk)
    (shown,) = queries.arbitrations_of(case)
    assert not shown.waits and not shown.unit
    assert states.ARBITRATE not in queries.moves_open_to(cast.guo, case)

"""An operation of two units, led by lin's street."""

from datetime import UTC, datetime, timedelta

import pytest

from gulou.cases.models import Case
from gulou.cases.states import JOINT, State
from gulou.joint import operations
from gulou.joint.models import Operation
from gulou.joint.operations import Part, Plan
from gulou.kit import clock
from gulou.people.models import Role
from tests.conftest import Cast, Kinds
from tests.factories.cases import IN_WEST, a_case

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MORNING = NOW + timedelta(days=1)
DUE = MORNING + timedelta(hours=8)


def a_plan(**given: object) -> Plan:
    values = {
        "title": "夜市周边占道联合整治", "begins_at": MORNING, "ends_at": MORNING + timedelta(hours=2),
        "address": "达明路北口", "lat": IN_WEST[0], "lon": IN_WEST[1], "words": "先劝导，后清理",
        **given,
    }  # fmt: skip
    return Plan(**values)  # type: ignore[arg-type]  # as Plan takes them


@pytest.fixture(autouse=True)
def _leads(roles: dict[str, Role]) -> None:
    role = roles["handler"]
    role.verbs = [*role.verbs, JOINT]
    role.save(update_fields=["verbs"])


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


@pytest.fixture
def operation(cast: Cast, case: Case) -> Operation:
    with clock.at(NOW):
        parts = [Part(unit_id=unit.pk, words="清理占道", due_at=DUE)
                 for unit in (cast.street, cast.department)]  # fmt: skip
        return operations.plan_operation(
            a_plan(), by=cast.lin, lead_id=cast.street.pk, parts=parts, cases=[case]
        )

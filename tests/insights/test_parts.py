"""How units kept their parts: each for itself, as far as one reads them."""

from datetime import timedelta

from gulou.insights import queries
from gulou.insights.period import Period
from gulou.joint import operations
from gulou.joint.models import Operation
from gulou.kit import clock
from gulou.people.models import User
from tests.conftest import Cast
from tests.desk.conftest import SignedIn
from tests.desk.conftest import as_user as as_user
from tests.joint.conftest import DUE, MORNING
from tests.joint.conftest import _leads as _leads
from tests.joint.conftest import case as case
from tests.joint.conftest import operation as operation


def _told(reader: User) -> dict[int, queries.UnitParts]:
    day = MORNING.date()
    period = Period(day - timedelta(days=3), day + timedelta(days=3))
    return {one.unit_id: one for one in queries.unit_parts(reader, period)}


def test_parts_of_operations_count_for_their_own_unit(
    cast: Cast, operation: Operation, as_user: SignedIn
) -> None:
    ours, theirs = operation.tasks.order_by("pk")
    with clock.at(MORNING):
        operations.report_task(operation, ours.pk, by=cast.lin, words="已清理")
    with clock.at(DUE + timedelta(hours=1)):
        operations.report_task(operation, theirs.pk, by=cast.chen, words="已清理")
        told = _told(cast.guo)
        assert set(_told(cast.lin)) == {cast.street.pk}
        client, day = as_user(cast.guo), MORNING.date()
        days = {"since": str(day), "until": str(day + timedelta(days=1))}
        assert 'id="h-parts"' in client.get("/desk/insights/", days).content.decode()
        units = client.get("/api/v1/insights/parts", days).json()["units"]
    joint = {pk: one.joint and (one.joint.on_time, one.joint.late) for pk, one in told.items()}
    assert joint == {cast.street.pk: (1, 0), cast.department.pk: (0, 1)}
    assert all(one.handed is None for one in told.values())
    assert {one["unit_id"]: one["joint"]["late"] for one in units} == {
        cast.street.pk: 0, cast.department.pk: 1,
    }  # fmt: skip

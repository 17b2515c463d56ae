"""What the end of a posting stops, stops at once: each of these asks when it is used. Files of
errands are proved in tests/errands, sessions of pages in tests/people/test_sessions.py."""

from typing import Any

from gulou.cases.states import State
from gulou.kit import clock
from gulou.people.models import User
from gulou.people.operations import stop_posting
from gulou.workbench.models import SavedView, Subscription
from gulou.workbench.operations import follow_case
from gulou.workbench.queries import follower_told
from gulou.workbench.queries.saved import views_seen_by
from tests.api.test_api import LIST
from tests.api.test_api import as_user as by_api
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case


def test_following_saved_views_and_the_api_stop_at_once(
    cast: Cast, kinds: Kinds, boss: User, as_user: Any
) -> None:
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    User.objects.filter(pk=cast.lin.pk).update(email="lin@example.org")
    cast.lin.refresh_from_db()
    follow_case(case, by=cast.lin)
    followed = Subscription.objects.get()
    SavedView.objects.create(owner=cast.guo, name="ours", unit=cast.street, changed_at=clock.now())
    api = by_api(cast.lin)
    assert follower_told(followed.uid) is not None
    assert [one.name for one in views_seen_by(cast.lin)] == ["ours"]
    assert api.get(f"{LIST}/{case.number}").status_code == 200

    stop_posting(cast.lin.postings.get(), by=boss)

    lin = User.objects.get(pk=cast.lin.pk)
    assert follower_told(followed.uid) is None
    assert views_seen_by(lin) == []
    assert api.get(f"{LIST}/{case.number}").status_code == 404
    assert api.get(LIST).json()["cases"] == []

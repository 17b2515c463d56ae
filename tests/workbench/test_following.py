"""Following a case, as long as one may see it."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail

from gulou.cases import operations as cases
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit.errors import NotFound
from gulou.notices import letters
from gulou.outbox.audit import audit
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.workbench import operations, queries
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason


@pytest.fixture
def case(cast: Cast, kinds: Kinds, settings: Any) -> Case:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    User.objects.filter(pk__in=[cast.wu.pk, cast.lin.pk]).update(email="me@example.org")
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


def _told() -> int:
    operations.owe_followers()
    deliver_all()
    letters.send_all()
    told, mail.outbox[:] = len(mail.outbox), []
    return told


def test_all_that_changed_is_told_in_one_letter_and_once(cast: Cast, case: Case) -> None:
    operations.follow_case(case, by=cast.wu)
    assert _told() == 0
    for words in ("一", "二"):
        cases.note_case(case, by=cast.lin, words=words)
    assert queries.news_count(cast.wu) == 1
    assert [one.new for one in queries.followed_by(cast.wu)] == [2]
    assert _told() == 1 and _told() == 0
    assert Event.objects.filter(name="subscription.owed").count() == 1
    assert list(audit()) == []


def test_what_one_did_or_has_seen_is_no_news(cast: Cast, case: Case) -> None:
    operations.follow_case(case, by=cast.lin)
    cases.note_case(case, by=cast.lin, words="我写的")
    assert _told() == 0
    case = cases.note_case(case, by=cast.guo, words="别人写的")
    assert operations.see_case(case, by=cast.lin)
    assert queries.news_count(cast.lin) == 0 and _told() == 0


def test_who_lost_access_is_told_nothing(cast: Cast, case: Case) -> None:
    operations.follow_case(case, by=cast.lin)
    cases.return_case(case, by=cast.lin, reason_id=reason("return").pk, words="不归我们")
    cases.note_case(case, by=cast.guo, words="另派")
    assert _told() == 0 and queries.followed_by(cast.lin) == []
    operations.unfollow_case(case, by=cast.lin)


def test_who_unfollowed_is_told_nothing_also_of_what_is_owed(cast: Cast, case: Case) -> None:
    operations.follow_case(case, by=cast.wu)
    cases.note_case(case, by=cast.lin, words="一")
    operations.owe_followers()
    operations.unfollow_case(case, by=cast.wu)
    assert _told() == 0 and queries.followed_by(cast.wu) == []
    operations.follow_case(Case.objects.get(pk=case.pk), by=cast.wu)
    assert _told() == 0, "only what changes from now on"


def test_following_twice_is_following(cast: Cast, case: Case) -> None:
    first, again = (operations.follow_case(case, by=cast.wu) for _n in range(2))
    assert first.pk == again.pk
    assert Event.objects.filter(name="subscription.started").count() == 1


def test_who_may_not_see_it_cannot_follow_it(cast: Cast, case: Case) -> None:
    with pytest.raises(NotFound):
        operations.follow_case(case, by=cast.zhao)
    with pytest.raises(NotFound):
        operations.unfollow_case(case, by=cast.zhao)

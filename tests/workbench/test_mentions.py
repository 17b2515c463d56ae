"""Asking a colleague to look."""

from dataclasses import replace
from typing import Any

import pytest
from django.core import mail

from gulou.cases import operations as cases
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit.errors import Invalid, NotAllowed
from gulou.notices import letters
from gulou.outbox.audit import audit
from gulou.outbox.deliver import deliver_all
from gulou.outbox.models import Event
from gulou.people.models import User
from gulou.workbench import operations, queries
from gulou.workbench.models import Mention
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case, reason
from tests.factories.people import PostingFactory, UserFactory


@pytest.fixture
def case(cast: Cast, kinds: Kinds) -> Case:
    for user in (cast.lin, cast.wu):
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.org")
    return a_case(cast, kinds.rubbish, state=State.HANDLING)


def test_who_is_named_or_chosen_finds_it_and_is_mailed(
    cast: Cast, case: Case, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    operations.note_and_mention(case, by=cast.guo, words="@Lin请看，@nobody 也看", people=[cast.wu])
    deliver_all()
    letters.send_all()
    (seen,) = queries.mentions_of(cast.lin)
    assert (seen.by, seen.read, seen.number) == ("Guo", False, case.number)
    assert [m.by for m in queries.mentions_of(cast.wu)] == ["Guo"]
    assert sorted(m.to[0] for m in mail.outbox) == ["lin@example.org", "wu@example.org"]
    assert "请看" not in mail.outbox[0].body and case.number in mail.outbox[0].subject
    assert Event.objects.filter(name="case.mentioned").count() == 2
    assert list(audit()) == []


def test_looking_marks_it_read_and_replying_answers_it(cast: Cast, case: Case) -> None:
    operations.note_and_mention(case, by=cast.guo, words="@lin 请看")
    operations.see_case(case, by=cast.lin)
    assert queries.mentions_of(cast.lin)[0].read
    operations.note_and_mention(case, by=cast.lin, words="看过了，@guo")
    assert queries.mentions_of(cast.lin) == [] and queries.mentions_count(cast.guo) == 1
    (asked,) = Mention.objects.filter(person=cast.guo)
    with pytest.raises(NotAllowed):
        operations.settle_mention(asked, by=cast.lin)
    operations.settle_mention(asked, by=cast.guo)
    assert queries.mentions_count(cast.guo) == 0


def test_who_may_not_see_the_case_cannot_be_asked(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid, match="may_not_see"):
        operations.note_and_mention(case, by=cast.guo, words="@Zhao 请看")
    with pytest.raises(Invalid):
        operations.note_and_mention(case, by=cast.guo, words="请看", people=[cast.chen])
    assert not Mention.objects.exists() and not Event.objects.filter(name="case.noted").exists()


def test_who_lost_access_finds_and_is_told_nothing(cast: Cast, case: Case, settings: Any) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    operations.note_and_mention(case, by=cast.guo, words="@Lin 请看")
    cases.return_case(case, by=cast.lin, reason_id=reason("return").pk, words="不归我们")
    deliver_all()
    letters.send_all()
    assert mail.outbox == [] and queries.mentions_of(cast.lin) == []


def test_a_public_note_asks_nobody(cast: Cast, case: Case) -> None:
    with pytest.raises(Invalid):
        operations.note_and_mention(case, by=cast.guo, words="@Lin 请看", public=True)


def test_of_namesakes_the_one_who_sees_the_case_is_meant(cast: Cast, case: Case) -> None:
    stranger = UserFactory.create(username="lin2", display_name="Lin")
    operations.note_and_mention(case, by=cast.guo, words="@Lin 请看")
    assert [m.person for m in Mention.objects.all()] == [cast.lin]
    PostingFactory.create(user=stranger, unit=cast.root, role__verbs=["case.read"], role__reaches_below=True)  # fmt: skip
    with pytest.raises(Invalid, match="namesakes"):
        operations.note_and_mention(case, by=cast.guo, words="@Lin 请看")
    operations.note_and_mention(case, by=cast.guo, words="@lin2 请看")
    assert queries.mentions_count(stranger) == 1


def test_an_address_is_no_mention(cast: Cast, case: Case) -> None:
    operations.note_and_mention(case, by=cast.guo, words="写到 a@Lin.cn")
    assert not Mention.objects.exists()

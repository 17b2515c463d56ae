"""SMS to staff: what their duties tell them."""

import pytest

from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from gulou.kit.errors import Refusal
from gulou.notices import letters
from gulou.notices import operations as notices
from gulou.notices.channels import CHANNELS
from gulou.notices.models import Letter
from gulou.notices.post import Gone, Note, Recipient
from gulou.outbox import deliver
from gulou.people.models import Posting, User
from gulou.providers import operations
from gulou.providers.models import Missive, Silenced
from gulou.providers.queries import digest_of
from gulou.providers.turns import Line
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_case
from tests.notices.conftest import who_holds
from tests.notices.test_telling import tell_of
from tests.providers.conftest import NOON, reported, tell_all, use_sms
from tests.providers.smsc import NUMBER, Centre


def to_lin(cast: Cast, kinds: Kinds, n: int = 1) -> Case:
    """Lin of staff has a number, and is told of a deadline by SMS alone."""
    User.objects.filter(pk=cast.lin.pk).update(phone=NUMBER)
    notices.choose_manner({"by_kind": {"warned": {"sms": "now"}}}, by=cast.lin)
    case = a_case(cast, kinds.rubbish, state=State.HANDLING)
    tell_of(case, cast.lin, n=n)
    return case


def test_staff_is_told_by_sms_whatever_residents_may_be_told_in_a_day(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin, per_day=1, per_number=1)
    reported(cast, kinds)
    tell_all(NOON)
    with clock.at(NOON):
        to_lin(cast, kinds)
        letters.send_all()
    tell_all(NOON)
    assert Missive.objects.filter(sent_at__isnull=False).count() == 2


def test_a_duty_goes_by_no_sms_to_a_number_that_wants_none_or_a_case_no_longer_seen(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    silenced = Silenced.objects.create(digest=digest_of(NUMBER), since=NOON)
    to_lin(cast, kinds)
    assert not Letter.objects.filter(channel="sms").exists()
    silenced.delete()
    to_lin(cast, kinds, n=2)
    letters.send_all()
    Posting.objects.filter(user=cast.lin).delete()
    tell_all()
    assert not centre.parts and Missive.objects.get().error == "hidden"


def test_a_duty_is_not_owed_through_a_provider_that_was_taken_out_of_use(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre
) -> None:
    use_sms(centre, admin)
    to_lin(cast, kinds)
    operations.switch_provider("sms", by=admin)
    with pytest.raises(Gone):
        CHANNELS["sms"].send(Recipient(User.objects.get(pk=cast.lin.pk)), Note("", "", "", "k"))


def test_what_staff_is_owed_waits_while_it_is_out_of_use_and_goes_once(
    cast: Cast, kinds: Kinds, admin: User, centre: Centre, line: Line
) -> None:
    use_sms(centre, admin)
    reported(cast, kinds)
    with clock.at(NOON):
        deliver.deliver_all()
        to_lin(cast, kinds)
        letters.send_all()
        operations.switch_provider("sms", by=admin)
    tell_all(NOON)
    of_staff = Missive.objects.get(what="staff")
    assert (of_staff.set_aside_at, of_staff.error, centre.parts) == (None, "not-in-use", [])
    of_reporter = Missive.objects.get(what="received")
    assert of_reporter.set_aside_at and of_reporter.error == "closed"
    mender = who_holds("office.mend", cast)
    with pytest.raises(Refusal):
        operations.resend_missive(of_reporter.pk, by=mender)
    with clock.at(NOON):
        operations.switch_provider("sms", by=admin)
        operations.resend_missive(of_reporter.pk, by=mender)
    for _again in range(2):
        tell_all(NOON)
    assert len(centre.texts()) == 2 == Missive.objects.filter(sent_at__isnull=False).count()

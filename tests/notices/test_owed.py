"""What a report owes: a row for each channel in use that may tell somebody, and none for the others."""

from dataclasses import replace
from typing import Any

from gulou.cases.operations import ContactDetails, receive_report
from gulou.catalogue.operations import describe_channel
from gulou.notices.operations import switch_robot
from gulou.outbox.models import Delivery
from gulou.people.models import User
from gulou.providers import operations as providers
from tests.conftest import Cast, Kinds
from tests.factories.cases import a_snap
from tests.notices.test_robots import a_robot
from tests.providers.smsc import NUMBER
from tests.providers.test_account import SERVICE, use_account

REACHED = ContactDetails(name="王大姐", phone=NUMBER, email="wang@example.org")
NOBODY = ContactDetails()


def owed(kinds: Kinds, contact: ContactDetails = REACHED) -> list[str]:
    """What one more report owes, by the last name of each reaction."""
    known = set(Delivery.objects.values_list("pk", flat=True))
    receive_report(a_snap(kinds.rubbish, contact=contact))
    new = Delivery.objects.exclude(pk__in=known).values_list("reaction", flat=True)
    return sorted(one.rpartition(".")[2] for one in new)


def use_sms(by: User, **told: Any) -> None:
    first = {
        "host": "127.0.0.1",
        "system_id": "gulou",
        "password": "geheim1",
        "signature": "文明办",
    }
    providers.set_provider("sms", {**first, **told}, by=by)


def test_where_nothing_is_in_use_nothing_is_owed(cast: Cast, kinds: Kinds, admin: User) -> None:
    use_sms(admin)
    assert owed(kinds) == []


def test_what_is_put_to_use_is_owed_from_the_next_report_on_and_until_it_is_closed(
    cast: Cast, kinds: Kinds, admin: User
) -> None:
    use_sms(admin)
    found = [owed(kinds)]
    for _switched in range(2):
        providers.switch_provider("sms", by=admin)
        found.append(owed(kinds))
    assert found == [[], ["owe_news"], []]


def test_by_sms_only_what_the_office_chose_is_owed_to_who_left_a_contact(
    cast: Cast, kinds: Kinds, admin: User
) -> None:
    use_sms(admin)
    providers.switch_provider("sms", by=admin)
    assert owed(kinds, NOBODY) == []
    use_sms(admin, tells=["ended"])
    assert owed(kinds) == []


def test_who_follows_by_the_account_need_have_left_no_contact(
    cast: Cast, kinds: Kinds, admin: User
) -> None:
    use_account(admin, **SERVICE)
    assert owed(kinds, NOBODY) == ["owe_news"]


def test_mail_is_owed_where_it_is_set_up_and_open_to_who_left_a_contact(
    cast: Cast, kinds: Kinds, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    assert owed(kinds) == ["acknowledge"] and owed(kinds, NOBODY) == []
    describe_channel("mail", {"is_open": False}, by="system")
    assert owed(kinds) == []


def test_groups_are_owed_what_a_robot_in_use_tells(cast: Cast, kinds: Kinds, admin: User) -> None:
    a_robot(admin, tells=["handled"])
    assert owed(kinds) == []
    another = a_robot(admin, name="西街", tells=["opened"])
    assert owed(kinds) == ["tell_groups"]
    switch_robot(another, by=admin)
    assert owed(kinds) == []

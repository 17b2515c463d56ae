"""post_person, end_posting, attach_leader, detach_leader, define_role."""

from datetime import date

import pytest

from gulou.cases import states
from gulou.outbox.models import Event
from gulou.people import access, operations, queries, verbs
from gulou.people.models import Role, User
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory, UserFactory
from tests.people.conftest import DAY, Facts, refused


@pytest.fixture
def newcomer(db: None) -> User:
    return UserFactory.create(username="newcomer")


class TestPost:
    def test_it_opens_the_unit_to_the_person_from_today(
        self, cast: Cast, clerk: User, newcomer: User, roles: dict[str, Role]
    ) -> None:
        operations.post_person(newcomer, role=roles["reader"], unit=cast.street, by=clerk)
        assert access.holds(newcomer, states.READ, unit_id=cast.community.pk)

    def test_it_records_it_on_the_person(
        self, cast: Cast, clerk: User, newcomer: User, roles: dict[str, Role], told: Facts
    ) -> None:
        posting = operations.post_person(
            newcomer, role=roles["reader"], unit=cast.street, since=date(2026, 1, 5),
            until=date(2026, 12, 31), by=clerk,
        )  # fmt: skip
        assert told(newcomer) == ["posting.started"]
        event = Event.objects.get(subject_uid=newcomer.uid)
        assert event.actor == clerk.actor
        assert event.payload == {
            "posting_id": posting.pk, "role": "reader", "unit": str(cast.street.uid),
            "since": "2026-01-05", "until": "2026-12-31",
        }  # fmt: skip

    def test_it_refuses_who_may_not(
        self, cast: Cast, clerk: User, newcomer: User, roles: dict[str, Role]
    ) -> None:
        for by, unit in [(cast.guo, cast.street), (clerk, cast.other_street)]:
            with refused("people.not_allowed"):
                operations.post_person(newcomer, role=roles["reader"], unit=unit, by=by)

    def test_nobody_hands_out_more_than_their_own(
        self, cast: Cast, clerk: User, roles: dict[str, Role]
    ) -> None:
        with refused("people.more_than_own"):
            operations.post_person(clerk, role=roles["dispatcher"], unit=cast.street, by=clerk)
        assert not access.holds(clerk, "case.dispatch", unit_id=cast.street.pk)

    def test_but_who_defines_roles_may(
        self, cast: Cast, boss: User, newcomer: User, roles: dict[str, Role]
    ) -> None:
        operations.post_person(newcomer, role=roles["dispatcher"], unit=cast.street, by=boss)
        assert access.holds(newcomer, "case.dispatch", unit_id=cast.street.pk)

    def test_it_refuses_the_same_posting_twice_in_the_same_days(
        self, cast: Cast, newcomer: User, roles: dict[str, Role]
    ) -> None:
        def post(since: date, until: date | None) -> None:
            operations.post_person(
                newcomer, role=roles["reader"], unit=cast.street, since=since, until=until, by=None
            )

        post(date(2026, 1, 1), date(2026, 6, 30))
        for since, until in [
            (date(2026, 6, 30), None),
            (date(2025, 1, 1), date(2026, 1, 1)),
            (date(2025, 1, 1), None),
        ]:
            with refused("posting.held_already"):
                post(since, until)
        post(date(2026, 7, 1), None)
        post(date(2025, 1, 1), date(2025, 12, 31))

    def test_it_refuses_days_in_the_wrong_order(
        self, cast: Cast, newcomer: User, roles: dict[str, Role]
    ) -> None:
        today = queries.today()
        with refused("posting.ends_before"):
            operations.post_person(
                newcomer, role=roles["reader"], unit=cast.street, until=today - DAY, by=None
            )

    def test_it_refuses_who_was_shut_out_and_what_was_dissolved(
        self, cast: Cast, newcomer: User, roles: dict[str, Role]
    ) -> None:
        operations.dissolve_unit(cast.community, by=None)
        with refused("unit.dissolved"):
            operations.post_person(newcomer, role=roles["reader"], unit=cast.community, by=None)
        operations.deactivate_person(newcomer, by=None)
        with refused("person.inactive"):
            operations.post_person(newcomer, role=roles["reader"], unit=cast.street, by=None)


class TestEnd:
    def test_it_ends_with_the_day(self, cast: Cast, clerk: User, told: Facts) -> None:
        posting = cast.lin.postings.get()
        ended = operations.end_posting(posting, until=queries.today() - DAY, by=clerk)
        assert not access.holds(cast.lin, states.READ, unit_id=cast.street.pk)
        assert told(cast.lin) == ["posting.ended"]
        assert Event.objects.get(subject_uid=cast.lin.uid).payload == {
            "posting_id": posting.pk, "until": ended.until.isoformat() if ended.until else "",
            "until_before": "",
        }  # fmt: skip

    def test_the_last_day_still_counts(self, cast: Cast, clerk: User) -> None:
        operations.end_posting(cast.lin.postings.get(), by=clerk)
        assert access.holds(cast.lin, states.READ, unit_id=cast.street.pk)

    def test_it_refuses_who_may_not(self, cast: Cast, clerk: User) -> None:
        with refused("people.not_allowed"):
            operations.end_posting(cast.chen.postings.get(), by=clerk)

    def test_it_refuses_a_posting_that_has_ended_and_an_end_before_its_begin(
        self, cast: Cast
    ) -> None:
        posting = cast.lin.postings.get()
        with refused("posting.ends_before"):
            operations.end_posting(posting, until=posting.since - DAY, by=None)
        operations.end_posting(posting, by=None)
        with refused("posting.ended_already"):
            operations.end_posting(posting, until=queries.today() + DAY, by=None)


class TestStreetLeaders:
    def test_a_leader_reads_and_notes_in_the_street_and_below(
        self, cast: Cast, boss: User, newcomer: User, told: Facts
    ) -> None:
        operations.attach_leader(newcomer, unit=cast.street, by=boss)
        assert told(newcomer) == ["leader.attached"]
        for verb in (states.READ, states.NOTE.verb):
            assert access.unit_ids_where(newcomer, verb) == {cast.street.pk, cast.community.pk}
        assert access.unit_ids_where(newcomer, states.DISPATCH.verb) == frozenset()
        assert newcomer in queries.people_at([cast.community.pk], states.READ)

    def test_until_the_day_it_ends(self, cast: Cast, newcomer: User, told: Facts) -> None:
        attachment = operations.attach_leader(
            newcomer, unit=cast.street, since=date(2026, 1, 1), by=None
        )
        operations.detach_leader(attachment, until=queries.today() - DAY, by=None)
        assert access.unit_ids_where(newcomer, states.READ) == frozenset()
        assert told(newcomer) == ["leader.attached", "leader.detached"]

    def test_only_the_district_attaches_leaders_and_only_to_streets(
        self, cast: Cast, clerk: User, boss: User, newcomer: User
    ) -> None:
        with refused("people.not_allowed"):
            operations.attach_leader(newcomer, unit=cast.street, by=clerk)
        with refused("leader.not_a_street"):
            operations.attach_leader(newcomer, unit=cast.community, by=boss)

    def test_nobody_lends_a_street_beyond_their_own_reach(self, cast: Cast) -> None:
        keeper = UserFactory.create()
        role = RoleFactory.create(verbs=[verbs.MANAGE], reaches_below=True)
        PostingFactory.create(user=keeper, unit=cast.office, role=role)
        with refused("people.more_than_own"):
            operations.attach_leader(keeper, unit=cast.street, by=keeper)

    def test_not_twice(self, cast: Cast, newcomer: User) -> None:
        operations.attach_leader(newcomer, unit=cast.street, by=None)
        with refused("posting.held_already"):
            operations.attach_leader(newcomer, unit=cast.street, by=None)


class TestRoles:
    def test_a_change_holds_for_every_posting_at_once(
        self, cast: Cast, boss: User, roles: dict[str, Role], told: Facts
    ) -> None:
        role = operations.define_role(
            code="reader", name_zh="查看", name_en="Reader", verbs=["case.read", "case.note"],
            reaches_below=True, by=boss,
        )  # fmt: skip
        assert role.pk == roles["reader"].pk
        assert access.holds(cast.wu, "case.note", unit_id=cast.community.pk)
        assert told(role) == ["role.defined"]
        assert Event.objects.get(subject_uid=role.uid).payload["verbs"] == [
            "case.note", "case.read",
        ]  # fmt: skip

    def test_it_refuses_who_may_not(self, cast: Cast, clerk: User) -> None:
        with refused("people.not_allowed"):
            operations.define_role(
                code="x", name_zh="某", name_en="X", verbs=[verbs.DEFINE], by=clerk
            )

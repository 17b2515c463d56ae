"""The demonstration: made by the real operations, whole or not at all, the same for the same seed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core import mail
from django.db import transaction
from django.db.models import Count, F
from django.test import override_settings

from gulou.cases import queries, tallies
from gulou.cases.models import (
    Arbitration,
    Case,
    CasePhoto,
    FakedPhoto,
    Finding,
    Plea,
    Recurrence,
    Report,
    Revisit,
    Step,
)
from gulou.cases.states import OPEN, State
from gulou.catalogue.states import Level
from gulou.demo.logins import logins
from gulou.demo.operations import is_loaded, load_demo
from gulou.demo.stories import FULL
from gulou.joint.models import Operation
from gulou.joint.states import State as JointState
from gulou.kit.errors import Refusal
from gulou.kit.progress import quiet
from gulou.orders.models import Order, OrderAnswer
from gulou.outbox import kept
from gulou.outbox.audit import audit
from gulou.outbox.models import Delivery, Event
from gulou.people.access import posted_unit_ids
from gulou.people.models import Unit, UnitKind, User
from gulou.people.queries import is_demonstration, unit_ids_below
from gulou.photos.models import Cover
from gulou.places.models import Area
from gulou.places.queries import locate
from gulou.workbench.models import (
    AnswerTemplate,
    EntryDraft,
    Mention,
    SavedView,
    Subscription,
)

UNTIL = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_same_seed_tells_the_same_past(db: None) -> None:
    """Stands first: once one demonstration is loaded for this file, no second one can be."""

    def past() -> list[tuple[str, ...]]:
        load_demo(progress=quiet, cases=12, until=UNTIL, copies=False)
        return [(c.state, c.address, str(c.opened_at)) for c in Case.objects.order_by("id")]

    pasts = []
    for _ in range(2):
        try:
            with transaction.atomic():
                pasts.append(past())
                raise _Forget
        except _Forget:
            kept.forget_all()
    # Three more wait for lin.
    assert pasts[0] == pasts[1] and len(pasts[0]) >= 12 + 3


class _Forget(Exception):
    """Takes a past back."""


@pytest.fixture(scope="module")
def _loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """One small demonstration for all tests of this file, taken back at their end."""
    photos = {"BACKEND": "gulou.photos.storage.WholeFileStorage",
              "OPTIONS": {"location": str(tmp_path_factory.mktemp("photos")), "durable": False}}  # fmt: skip
    ours = override_settings(
        STORAGES={**settings.STORAGES, "default": photos},
        # As in _plain_settings: so that who signs in is asked with the same one.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )
    with django_db_blocker.unblock(), ours, transaction.atomic():
        load_demo(progress=quiet, cases=FULL, until=UNTIL, copies=False)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(_loaded: None, db: None) -> None:
    """The demonstration; what a test changes of it is taken back."""


def test_it_makes_a_whole_district(demo: None) -> None:
    assert is_loaded()
    counts = {level: Area.objects.filter(level__code=level).count()
              for level in ("district", "street", "community", "grid")}  # fmt: skip
    assert counts == {"district": 1, "street": 10, "community": 60, "grid": 240}
    assert not Area.objects.filter(synthetic=False).exists()
    assert Unit.objects.filter(kind=UnitKind.DEPARTMENT).count() == 25
    assert set(UnitKind.values) == set(Unit.objects.values_list("kind", flat=True))
    where = locate(26.0874, 119.2959)
    assert where.street and where.community and where.grid


def test_every_chain_of_it_holds(demo: None) -> None:
    assert list(audit()) == []
    times = list(
        Event.objects.filter(name="case.opened").order_by("id").values_list("at", flat=True)
    )
    assert times == sorted(times) and times[-1] < UNTIL


def test_everybody_offered_can_sign_in_and_sees_something(demo: None) -> None:
    for login in logins():
        user = authenticate(username=login.username, password=login.password)
        assert isinstance(user, User), login.username
    dispatcher = User.objects.get(username="guo")
    assert queries.cases_seen_by(dispatcher).count() == Case.objects.count()


def test_what_closed_was_rechecked_by_somebody_else(demo: None) -> None:
    closed = Case.objects.filter(state=State.CLOSED)
    assert closed.exists()
    for case in closed:
        handler = case.steps.filter(kind="handle").latest("ended_at").ended_by
        checker = case.steps.filter(kind="recheck").latest("ended_at").ended_by
        assert handler != checker


def test_it_is_marked_for_ever_and_not_loaded_twice(demo: None) -> None:
    assert is_demonstration()
    with pytest.raises(Refusal, match="an empty one"):
        load_demo(progress=quiet, cases=1, until=UNTIL)


def test_of_the_past_only_copies_of_photos_are_owed_and_nothing_is_sent(demo: None) -> None:
    owed = Delivery.objects.filter(done_at=None)
    assert {one.reaction.rsplit(".", 1)[1] for one in owed} == {
        "make_renditions",
        "look",
        "publish",
    }
    assert not owed.filter(due_at__lt=UNTIL).exists()
    assert mail.outbox == []


def test_its_counts_are_right(demo: None) -> None:
    assert list(tallies.differences()) == []


def test_everything_that_happens_in_a_district_has_happened(demo: None) -> None:
    """Every state today; in the past returns, rework, lateness, objections, places that recur."""
    assert set(Case.objects.values_list("state", flat=True)) >= OPEN | {State.CLOSED}
    assert Case.objects.filter(returns__gt=0).exists()
    assert Case.objects.filter(reworks__gt=0).exists()
    assert Case.objects.filter(released_at__isnull=False).exists()
    assert Case.objects.filter(ended_at=None, due_at__lt=UNTIL).exists()
    assert Step.objects.filter(kind="handle", ended_at__gt=F("due_at")).exists()
    again = Report.objects.filter(me_too=False).values("address", "category")
    assert again.annotate(n=Count("pk")).filter(n__gt=1).exists()
    assert set(Recurrence.objects.values_list("confirmed", flat=True)) >= {True, None}
    guo = User.objects.get(username="guo")
    waiting = Case.objects.filter(state=State.RECEIVED, restricted=False)
    assert any(queries.suspects(guo, case) for case in waiting)
    spans = [case.opened_at for case in Case.objects.order_by("opened_at")]
    assert spans[-1] - spans[0] > timedelta(weeks=10)


def test_its_clocks_have_gone_through_everything(demo: None) -> None:
    asked = set(Plea.objects.values_list("kind", "outcome"))
    assert asked >= {
        ("extension", "granted"), ("extension", "refused"), ("extension", ""),
        ("suspension", "granted"), ("appeal", "granted"), ("appeal", "refused"), ("appeal", ""),
    }  # fmt: skip
    told = Event.objects.filter(name="case.warned").values_list("payload__level", flat=True)
    assert set(told) == set(Level)
    assert Case.objects.filter(on_spot=True, ended_at=None).exists()
    assert Case.objects.filter(suspended_until__isnull=False).exists()


def test_units_worked_together_and_parts_went_down_the_tree_and_came_back(demo: None) -> None:
    parts = Step.objects.filter(kind="part")
    assert {"reported", ""} <= set(parts.values_list("outcome", flat=True))
    assert Case.objects.filter(ended_at=None, parts__len=2).exists()
    assert set(Operation.objects.values_list("state", flat=True)) == set(JointState)
    again = Event.objects.filter(name="case.part_handed_down", payload__again=True)
    assert again.exists() and parts.filter(ended_at__gt=F("due_at")).exists()


@pytest.mark.parametrize("username", ["guo", "lin", "chen", "hu", "he", "tang"])
def test_there_is_work_today_for(username: str, demo: None) -> None:
    """Whoever signs in finds a step that waits where they are posted."""
    units = posted_unit_ids(User.objects.get(username=username))
    ours = unit_ids_below(units) if username == "guo" else units
    assert Step.objects.filter(ended_at=None, unit__in=ours).exists()


def test_the_desks_are_furnished(demo: None) -> None:
    assert AnswerTemplate.objects.exists() and SavedView.objects.exists()
    assert Subscription.objects.filter(user__username="gao").exists()
    assert Mention.objects.filter(answered_at=None).exists()
    assert EntryDraft.objects.filter(by__username="su").count() == 2


def test_pictures_that_show_something_else_were_found_and_confirmed(demo: None) -> None:
    found = set(Finding.objects.values_list("kind", "case__state"))
    assert found >= {
        ("same_picture", "closed"),
        ("other_view", "closed"),
        ("other_view", "handled"),
    }
    faked = FakedPhoto.objects.all()
    assert {one.unit.name_zh for one in faked} == {"古巷街道"}
    assert all(Finding.objects.filter(evidence=one.evidence).exists() for one in faked)


def test_plates_were_covered_by_hand_before_everybody_saw_the_case(demo: None) -> None:
    drawn = Cover.objects.filter(by__isnull=False)
    assert {one.kind for one in drawn} == {"plate"}
    for photo in {one.photo for one in drawn}:
        (shown,) = CasePhoto.objects.filter(photo=photo)
        assert shown.released_at and all(one.at < shown.released_at for one in drawn)


def test_a_quarrel_of_two_units_ended_in_a_rule(demo: None) -> None:
    decided = Arbitration.objects.get(rule__isnull=False)
    assert decided.cause == "mutual" and decided.rule and decided.rule.unit == decided.unit


def test_somebody_was_late_although_more_time_was_granted_and_was_excused(demo: None) -> None:
    granted = Plea.objects.filter(kind="extension", outcome="granted").values("case")
    upheld = Plea.objects.filter(kind="appeal", outcome="granted", case__in=granted)
    assert upheld.exists()


def test_a_look_back_opened_a_case_again(demo: None) -> None:
    failed = Revisit.objects.filter(kind="look_back", outcome="failed")
    assert failed.exists()
    assert all(one.case.steps.filter(started_at__gte=one.ended_at).exists() for one in failed)


def test_orders_were_sent_back_and_accepted_and_one_waits(demo: None) -> None:
    assert set(Order.objects.values_list("state", flat=True)) == {"accepted", "open"}
    assert OrderAnswer.objects.filter(accepted=False).exists()

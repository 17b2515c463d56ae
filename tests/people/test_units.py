"""create_unit, move_unit, rename_unit, dissolve_unit."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from gulou.kit.errors import Invalid
from gulou.outbox.models import Event
from gulou.people import operations, queries, verbs
from gulou.people.models import Unit, User
from tests.conftest import Cast
from tests.factories.people import PostingFactory, RoleFactory, UserFactory
from tests.people.conftest import Facts, refused


def create(by: User | None, parent: Unit | None, **kwargs: Any) -> Unit:
    given = {"kind": "community", "code": "NEW", "name_zh": "新社区", "name_en": "New"} | kwargs
    return operations.create_unit(parent=parent, by=by, **given)


class TestCreate:
    def test_it_hangs_the_unit_below_its_parent(self, cast: Cast, clerk: User) -> None:
        unit = create(clerk, cast.street)
        assert unit.path == f"{cast.root.pk}.{cast.street.pk}.{unit.pk}."
        assert queries.unit_refs()[unit.pk].parent_id == cast.street.pk

    def test_it_records_it(self, cast: Cast, clerk: User, told: Facts) -> None:
        unit = create(clerk, cast.street)
        assert told(unit) == ["unit.created"]
        event = Event.objects.get(subject_uid=unit.uid)
        assert event.actor == clerk.actor
        assert event.payload == {
            "code": "NEW", "kind": "community", "parent": str(cast.street.uid)
        }  # fmt: skip

    def test_the_system_may_begin_a_tree(self, db: None) -> None:
        unit = create(None, None)
        assert unit.path == f"{unit.pk}."
        assert Event.objects.get(subject_uid=unit.uid).actor == "system"

    def test_it_refuses_who_may_not(self, cast: Cast, clerk: User) -> None:
        for by, parent in [(cast.lin, cast.street), (clerk, cast.other_street), (clerk, None)]:
            with refused("people.not_allowed"):
                create(by, parent)

    def test_it_refuses_a_code_that_is_taken(self, cast: Cast, boss: User) -> None:
        with refused("unit.code_taken"):
            create(boss, cast.root, code="W1")

    def test_it_refuses_a_second_office(self, cast: Cast, boss: User) -> None:
        with refused("unit.office_taken"):
            create(boss, cast.root, is_office=True)

    def test_it_refuses_an_unknown_kind(self, cast: Cast, boss: User) -> None:
        with refused("unit.kind_unknown"):
            create(boss, cast.root, kind="ministry")

    def test_it_refuses_a_parent_that_was_dissolved(self, cast: Cast, boss: User) -> None:
        operations.dissolve_unit(cast.community, by=boss)
        with refused("unit.dissolved"):
            create(boss, cast.community)

    @pytest.mark.parametrize("name", ["", "  ", "\u202e\u200f", "长" * 81])
    def test_it_refuses_names_that_are_none(self, cast: Cast, boss: User, name: str) -> None:
        with pytest.raises(Invalid, match="words"):
            create(boss, cast.root, name_zh=name)
        assert not Unit.objects.filter(code="NEW").exists()

    def test_rare_characters_stay_and_direction_overrides_go(self, cast: Cast, boss: User) -> None:
        unit = create(boss, cast.root, name_zh="𠮷\u202e祥社区", name_en="حيّ السلام 🐼")
        assert (unit.name_zh, unit.name_en) == ("𠮷祥社区", "حيّ السلام 🐼")

    def test_a_tree_too_deep_for_its_path_is_refused(self, cast: Cast) -> None:
        Unit.objects.filter(pk=cast.community.pk).update(path="1." * 99)
        with refused("unit.too_deep"):
            create(None, cast.community)


class TestMove:
    def test_it_keeps_the_paths_of_everything_below(self, cast: Cast, boss: User) -> None:
        deep = create(boss, cast.community)
        moved = operations.move_unit(cast.street, parent=cast.office, by=boss)
        refs = queries.unit_refs()
        street = f"{cast.root.pk}.{cast.office.pk}.{cast.street.pk}."
        assert moved.path == refs[cast.street.pk].path == street
        assert refs[cast.community.pk].path == f"{street}{cast.community.pk}."
        assert refs[deep.pk].path == f"{street}{cast.community.pk}.{deep.pk}."
        assert refs[cast.other_street.pk].path == f"{cast.root.pk}.{cast.other_street.pk}."

    def test_it_does_not_touch_a_unit_whose_number_begins_alike(
        self, cast: Cast, boss: User
    ) -> None:
        other = create(boss, cast.root, code="ALIKE")
        Unit.objects.filter(pk=other.pk).update(path=f"{cast.street.path[:-1]}7.")
        operations.move_unit(cast.street, parent=cast.office, by=boss)
        assert queries.unit_refs()[other.pk].path == f"{cast.street.path[:-1]}7."

    def test_it_records_it(self, cast: Cast, boss: User, told: Facts) -> None:
        operations.move_unit(cast.community, parent=cast.other_street, by=boss)
        assert told(cast.community) == ["unit.moved"]
        assert Event.objects.get(subject_uid=cast.community.uid).payload == {
            "old_parent": str(cast.street.uid),
            "new_parent": str(cast.other_street.uid),
        }

    def test_a_unit_can_go_to_the_top_and_back(self, cast: Cast, boss: User) -> None:
        top = operations.move_unit(cast.community, parent=None, by=None)
        assert top.path == f"{cast.community.pk}."
        back = operations.move_unit(top, parent=cast.street, by=None)
        assert back.path == f"{cast.street.path}{cast.community.pk}."

    def test_it_refuses_a_move_under_its_own_child(self, cast: Cast, boss: User) -> None:
        for parent in (cast.street, cast.community):
            with refused("unit.under_itself"):
                operations.move_unit(cast.street, parent=parent, by=boss)

    def test_it_refuses_who_does_not_manage_both_ends(self, cast: Cast, clerk: User) -> None:
        with refused("people.not_allowed"):
            operations.move_unit(cast.community, parent=cast.other_street, by=clerk)
        with refused("people.not_allowed"):
            operations.move_unit(cast.department, parent=cast.street, by=clerk)

    def test_nobody_gains_a_reach_by_it(self, cast: Cast) -> None:
        """Who manages at the office reaches every unit with that, and with nothing else."""
        keeper = UserFactory.create()
        role = RoleFactory.create(verbs=[verbs.MANAGE, "case.read"], reaches_below=True)
        PostingFactory.create(user=keeper, unit=cast.office, role=role)
        with refused("people.more_for_oneself"):
            operations.move_unit(cast.street, parent=cast.office, by=keeper)
        assert queries.unit_refs()[cast.street.pk].parent_id == cast.root.pk
        moved = operations.move_unit(cast.community, parent=cast.other_street, by=keeper)
        assert moved.parent == cast.other_street


class TestRename:
    def test_it_renames_and_records(self, cast: Cast, clerk: User, told: Facts) -> None:
        operations.rename_unit(cast.community, name_zh="衣锦社区", name_en="Yijin", by=clerk)
        assert queries.unit_refs()[cast.community.pk].name_zh == "衣锦社区"
        assert told(cast.community) == ["unit.renamed"]

    def test_it_refuses_who_may_not(self, cast: Cast) -> None:
        with refused("people.not_allowed"):
            operations.rename_unit(cast.community, name_zh="我的", name_en="Mine", by=cast.lin)


class TestDissolve:
    def test_it_takes_the_unit_out_of_use_and_records_it(
        self, cast: Cast, clerk: User, told: Facts
    ) -> None:
        operations.dissolve_unit(cast.community, by=clerk)
        assert not queries.unit_refs()[cast.community.pk].active
        assert cast.community.pk not in {u.id for u in queries.units_seen_by(cast.wu)}
        assert told(cast.community) == ["unit.dissolved"]

    def test_it_refuses_who_may_not(self, cast: Cast) -> None:
        with refused("people.not_allowed"):
            operations.dissolve_unit(cast.community, by=cast.zhao)

    def test_it_says_what_stands_in_the_way(self, cast: Cast, boss: User) -> None:
        for unit, code in [
            (cast.office, "unit.is_office"),
            (cast.street, "unit.has_units"),
            (cast.department, "unit.has_postings"),
        ]:
            with refused(code):
                operations.dissolve_unit(unit, by=boss)

    def test_it_goes_once_people_have_left(self, cast: Cast, boss: User) -> None:
        posting = cast.chen.postings.get()
        posting.until = queries.today().replace(year=2021)
        posting.save()
        operations.dissolve_unit(cast.department, by=boss)
        with refused("unit.dissolved"):
            operations.dissolve_unit(cast.department, by=boss)


def test_the_database_allows_one_office_only(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=cast.street.pk).update(is_office=True)

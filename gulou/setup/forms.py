"""The forms of the setup pages about units, people and roles. They check shape, not rules."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.kit.words import name_of
from gulou.people import queries, words
from gulou.people.kinds import is_street, unit_kinds

NO_BREAK = "\u3000"


class Day(forms.DateField):
    """A day, as the browser's own calendar gives it."""

    def __init__(self, **given: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **given)


def unit_choices(units: Iterable[queries.UnitRef], *, empty: Any = None) -> list[tuple[Any, Any]]:
    """Units to choose from, the dissolved ones left out: each street with all below it, the others
    by kind."""
    shown = [unit for unit in units if unit.active]
    streets = {unit.id: name_of(unit) for unit in shown if is_street(unit.kind)}
    kinds = dict(unit_kinds())
    groups: dict[str, list[tuple[Any, Any]]] = {}
    for unit in shown:
        street = next((streets[pk] for pk in unit.ancestor_ids if pk in streets), "")
        groups.setdefault(street or kinds[unit.kind], []).append((unit.id, name_of(unit)))
    first: list[tuple[Any, Any]] = [] if empty is None else [("", empty)]
    return [*first, *groups.items()]


def _chosen(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 our own form
    field.choices = choices


class UnitForm(forms.Form):
    """A new unit."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120)
    code = forms.CharField(
        label=_("Short code"),
        max_length=40,
        help_text=_("Short and never changed: files name it so."),
    )
    kind = forms.ChoiceField(label=_("Kind"))
    parent = forms.TypedChoiceField(
        label=_("Belongs to"), coerce=int, required=False, empty_value=None
    )

    def __init__(
        self, units: Iterable[queries.UnitRef], kinds: Sequence[tuple[Any, Any]], *, top: bool,
        data: Any = None, initial: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        _chosen(self, "kind", [("", _("Choose a kind")), *kinds])
        _chosen(self, "parent", unit_choices(units, empty=_("nothing: at the top") if top else ""))
        self.fields["parent"].required = not top


class RenameForm(forms.Form):
    """Both names of a thing."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=120)


class MoveForm(forms.Form):
    """Where a unit belongs."""

    parent = forms.TypedChoiceField(
        label=_("Belongs to"), coerce=int, required=False, empty_value=None
    )

    def __init__(
        self, units: Iterable[queries.UnitRef], *, top: bool, data: Any = None, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        _chosen(self, "parent", unit_choices(units, empty=_("nothing: at the top") if top else ""))
        self.fields["parent"].required = not top


class DescribeUnitForm(forms.Form):
    """What a unit looks after and how to reach it."""

    area_id = forms.TypedChoiceField(
        label=_("Looks after the area"), coerce=int, required=False, empty_value=None
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)

    def __init__(self, areas: Iterable[Any], *, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        chosen = [(area.pk, NO_BREAK * area.level.rank + name_of(area)) for area in areas]
        _chosen(self, "area_id", [("", _("none")), *chosen])


class HandOverForm(forms.Form):
    """Who takes over."""

    to = forms.TypedChoiceField(label=_("Which unit takes them over"), coerce=int)

    def __init__(
        self, units: Iterable[queries.UnitRef], *, data: Any = None, above: int | None = None
    ) -> None:
        super().__init__(data, initial={"to": above})
        _chosen(self, "to", unit_choices(units, empty=""))


class LeaderForm(forms.Form):
    """Head, deputy in charge or liaison of a unit."""

    duty = forms.ChoiceField(label=_("Duty"))
    name = forms.CharField(label=_("Name"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    person = forms.TypedChoiceField(
        label=_("Signs in as"), coerce=UUID, required=False, empty_value=None,
        help_text=_("Leave it open for a leader who has no account."),
    )  # fmt: skip
    since = Day(label=_("From"), required=False)

    def __init__(
        self, duties: Sequence[tuple[Any, Any]], people: Iterable[Any], *, data: Any = None,
        initial: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        _chosen(self, "duty", list(duties))
        _chosen(self, "person", [("", _("nobody")), *((p.uid, str(p)) for p in people)])


class OnlyWayForm(forms.Form):
    """With a new password: whether anything else goes on opening the door."""

    only_way = forms.BooleanField(
        label=_("Remove passkeys and unlink WeChat too"), required=False,
        help_text=_("Where somebody else may know or hold them. They can be set up again."),
    )  # fmt: skip


class PersonForm(forms.Form):
    """Name, contacts and employee number of a person."""

    display_name = forms.CharField(label=_("Name"), max_length=80)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    employee_number = forms.CharField(
        label=_("Employee number"), max_length=40, required=False,
        help_text=_("What the city's single sign-on knows the person by, if it does."),
    )  # fmt: skip
    wecom_userid = forms.CharField(
        label=_("WeCom user id"), max_length=64, required=False,
        help_text=_("As the WeCom administration shows it: the application writes to them there."),
    )  # fmt: skip


class PostingForm(forms.Form):
    """A role at a unit, from a day to a day."""

    role = forms.ChoiceField(label=_("Role"))
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    since = Day(label=_("From"), required=False, help_text=_("Left open: from today."))
    until = Day(label=_("Until, that day included"), required=False,
                help_text=_("Left open: no end is known."))  # fmt: skip

    def __init__(
        self, roles: Iterable[Any], units: Iterable[queries.UnitRef], *, data: Any = None,
        initial: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        _chosen(self, "role", [("", ""), *((role.code, name_of(role)) for role in roles)])
        _chosen(self, "unit", unit_choices(units, empty=""))


class EnrolForm(PersonForm, PostingForm):
    """Somebody new with a first posting."""

    field_order = ("username", "display_name", "role", "unit", "since", "until", "phone", "email",
                   "employee_number")  # fmt: skip
    username = forms.CharField(
        label=_("Sign-in name"), max_length=150,
        help_text=_("Letters and digits without spaces, for example the name in pinyin."),
    )  # fmt: skip


class EndForm(forms.Form):
    """When something ends."""

    when = forms.ChoiceField(label=_("When does it end"), widget=forms.RadioSelect, initial="day")
    until = Day(label=_("Last day, included"), required=False)

    def __init__(self, *, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        _chosen(self, "when", [
            ("day", _("With a day: until its evening everything stays as it is")),
            ("now", _("Now, at once: this minute")),
        ])  # fmt: skip


class AttachForm(forms.Form):
    """Which leader looks after which street, from a day to a day."""

    person = forms.TypedChoiceField(label=_("Leader"), coerce=UUID)
    unit = forms.TypedChoiceField(label=_("Street or town"), coerce=int)
    since = Day(label=_("From"), required=False, help_text=_("Left open: from today."))
    until = Day(label=_("Until, that day included"), required=False,
                help_text=_("Left open: no end is known."))  # fmt: skip

    def __init__(
        self, people: Iterable[Any], streets: Iterable[queries.UnitRef], *, data: Any = None
    ) -> None:
        super().__init__(data)
        _chosen(self, "person", [("", ""), *((one.uid, str(one)) for one in people)])
        _chosen(self, "unit", [("", ""), *((one.id, name_of(one)) for one in streets)])


class RoleForm(forms.Form):
    """What a role may do."""

    name_zh = forms.CharField(label=_("Chinese name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60)
    verbs = forms.MultipleChoiceField(
        label=_("Who holds it may"), widget=forms.CheckboxSelectMultiple, required=False
    )
    reaches_below = forms.BooleanField(
        label=_("Also at all units below the one of the posting"), required=False
    )
    second_factor = forms.BooleanField(label=_("Signing in asks for a second step"), required=False)

    def __init__(self, *, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["verbs"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 our own form
        field.choices = [
            (group.name, [(verb.code, verb.words) for verb in group.verbs])
            for group in words.verb_groups()
        ]


class NewRoleForm(RoleForm):
    """A role that is not there yet."""

    field_order = ("code",)
    code = forms.SlugField(
        label=_("Short code"),
        max_length=40,
        help_text=_("Short and never changed: files name it so."),
    )

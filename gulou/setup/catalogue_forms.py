"""Forms of the catalogue: categories, conditions, limits, reasons, other channels."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

import gulou.ui
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import (
    STEP_NAMES,
    ElsewhereKind,
    Evidence,
    Level,
    RecheckWay,
    TimeUnit,
)
from gulou.kit.words import name_of

Words = forms.Textarea(attrs={"rows": 2})


@cache
def icons() -> list[tuple[str, str]]:
    """The icons that can be drawn."""
    file = Path(gulou.ui.__file__ or "").parent / "icons.json"
    return [("", "–"), *((name, name) for name in sorted(json.loads(file.read_text("utf-8"))))]


def _line(label: Any, *, most: int, needed: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=needed)


def _text(label: Any, *, most: int, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=False, help_text=hint,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": most}),
    )  # fmt: skip


def _small(label: Any, *, hint: Any = "", least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=32767, help_text=hint)


class Plain(forms.Form):
    """A form whose labels stand alone."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.label_suffix = ""


class LimitForm(Plain):
    """How long something may take."""

    amount = _small(_("Limit"), least=1)
    time_unit = forms.ChoiceField(label=_("Unit of time"), choices=TimeUnit.choices)


class OwnLimitForm(Plain):
    """The limit of a kind of step for a category, or one of its conditions; 0 ends it."""

    step = forms.ChoiceField(
        label=_("Step"),
        choices=[(kind, label) for kind, label in STEP_NAMES.items() if kind != "handle"],
    )
    of = forms.ChoiceField(label=_("Category"))
    amount = _small(_("Limit"), hint=_("0: it has none of its own any more."))
    time_unit = forms.ChoiceField(label=_("Unit of time"), choices=TimeUnit.choices)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        of: Any = self.fields["of"]
        of.choices = [
            (
                name_of(above),
                [choice for one in (above, *below) for choice in _with_conditions(one)],
            )
            for above, below in catalogue.categories_by_class()
        ]


def _with_conditions(one: catalogue.CategoryRef) -> list[tuple[str, str]]:
    conditions = catalogue.conditions_of(one.id) if one.parent_id else ()
    return [
        (str(one.id), name_of(one)),
        *((f"{one.id}:{c.id}", f"{name_of(one)} · {name_of(c)}") for c in conditions
          if len(conditions) > 1),
    ]  # fmt: skip


MARKS = 8
"""So many warnings a form has room for."""


class WarningsForm(Plain):
    """Shares of a limit in percent, and who is told at each."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for n in range(1, MARKS + 1):
            self.fields[f"percent_{n}"] = forms.IntegerField(
                label=_("%(n)s. at percent of the limit") % {"n": n}, min_value=1, max_value=1000,
                required=False,
            )  # fmt: skip
            self.fields[f"level_{n}"] = forms.ChoiceField(
                label=_("is told"), choices=Level.choices, required=False
            )


def warnings_as_given() -> dict[str, Any]:
    """The warnings as they are, for the form to begin with."""
    return {
        name: value
        for n, (percent, level) in enumerate(catalogue.warning_marks(), 1)
        for name, value in ((f"percent_{n}", percent), (f"level_{n}", level))
    }


def marks_given(given: dict[str, Any]) -> list[tuple[int, str]]:
    """What was chosen, but for the lines left empty."""
    lines = [(given[f"percent_{n}"], given[f"level_{n}"]) for n in range(1, MARKS + 1)]
    return [(percent, level) for percent, level in lines if percent]


def _share(label: Any, *, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=100, help_text=hint)


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=366)


class CheckingForm(Plain):
    """How cases are checked after handling and after closing."""

    way = forms.ChoiceField(
        label=_("Recheck"), choices=RecheckWay.choices, widget=forms.RadioSelect(),
        help_text=_("On the spot: whoever rechecks says what they saw there, or adds a photo."),
    )  # fmt: skip
    blind_share = _share(
        _("Rechecked independently, percent"),
        hint=_("Of the closed cases, by a third person who reads neither who rechecked nor what they said. 0: none."),
    )  # fmt: skip
    first_days = _days(_("First look-back, days after closing"))
    first_share = _share(_("First look-back, percent of the closed cases"))
    second_days = _days(_("Second look-back, days after closing"))
    second_share = _share(_("Second look-back, percent of the closed cases"))


class OwnCheckingForm(CheckingForm):
    """The same for one category or class."""

    of = forms.ChoiceField(label=_("Category"))
    field_order = ("of",)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        of: Any = self.fields["of"]
        of.choices = [
            (name_of(above), [(str(one.id), name_of(one)) for one in (above, *below)])
            for above, below in catalogue.categories_by_class()
        ]


class CategoryForm(Plain):
    """A category as people read it."""

    name_zh = _line(_("Name in Chinese"), most=60)
    name_en = _line(_("Name in English"), most=80)
    public_rank = _small(
        _("Place among what residents are offered"),
        hint=_("1 comes first; 0 is for staff only."),
    )
    position = _small(
        _("Place in the list"),
        hint=_("0 as the list has it; a larger number stands further down."),
    )
    icon = forms.ChoiceField(label=_("Icon"), choices=icons, required=False)
    evidence = forms.ChoiceField(
        label=_("What shows that handling is done"), choices=Evidence.choices
    )
    hint_zh = _text(_("Hint in Chinese"), most=200)
    hint_en = _text(_("Hint in English"), most=300)
    closing_zh = _text(_("Closing condition in Chinese"), most=200)
    closing_en = _text(_("Closing condition in English"), most=300)


class NewCategoryForm(CategoryForm):
    """A category of the office's own, with the limit of its ordinary condition."""

    amount = _small(_("Limit for handling"), least=1)
    time_unit = forms.ChoiceField(label=_("Unit of time"), choices=TimeUnit.choices)


class ConditionForm(Plain):
    """A filing condition and its limit."""

    name_zh = _line(_("Name in Chinese"), most=120)
    name_en = _line(_("Name in English"), most=160)
    amount = _small(
        _("Limit for handling"), least=1,
        hint=_("For what begins from now on. What is under way keeps its deadline."),
    )  # fmt: skip
    time_unit = forms.ChoiceField(label=_("Unit of time"), choices=TimeUnit.choices)
    is_default = forms.BooleanField(label=_("The ordinary one"), required=False)


class ReasonForm(Plain):
    """A reason, and what a resident reads where it ends a case."""

    name_zh = _line(_("Name in Chinese"), most=80)
    name_en = _line(_("Name in English"), most=120)
    public_zh = _text(_("What a resident reads, in Chinese"), most=200)
    public_en = _text(_("What a resident reads, in English"), most=300)


class ElsewhereForm(Plain):
    """Where somebody is better helped."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ElsewhereKind.choices)
    name_zh = _line(_("Name in Chinese"), most=60)
    name_en = _line(_("Name in English"), most=80)
    number = _line(_("Telephone number"), most=40, needed=False)
    words_zh = _text(_("What the public reads, in Chinese"), most=200)
    words_en = _text(_("What the public reads, in English"), most=300)
    keywords = _text(
        _("Words in a report that point there"), most=2000,
        hint=_("Apart by spaces; two words joined by + want both."),
    )  # fmt: skip
    rank = _small(_("Place in the list"))

    def clean_keywords(self) -> list[str]:
        return str(self.cleaned_data["keywords"]).split()


class ChannelForm(Plain):
    """Whether a way is open, and what the public reads."""

    is_open = forms.BooleanField(label=_("Open now"), required=False)
    closed_zh = _text(
        _("While it is closed the public reads, in Chinese"), most=200,
        hint=_("Say until when, and how else one reaches you."),
    )  # fmt: skip
    closed_en = _text(_("While it is closed the public reads, in English"), most=300)


class HotlineForm(ChannelForm):
    """The telephone of the office."""

    number = _line(_("Telephone number"), most=40, needed=False)
    hours_zh = _line(_("Office hours, in Chinese"), most=120, needed=False)
    hours_en = _line(_("Office hours, in English"), most=160, needed=False)
    field_order = ("is_open", "number", "hours_zh", "hours_en", "closed_zh", "closed_en")


class ImprintForm(Plain):
    """What the public reads of the office on every page."""

    name_zh = _line(_("Name of the site, in Chinese"), most=40, needed=False)
    name_en = _line(_("Name of the site, in English"), most=60, needed=False)
    address_zh = _line(_("Address of the office, in Chinese"), most=120, needed=False)
    address_en = _line(_("Address of the office, in English"), most=160, needed=False)
    hours_zh = _line(_("Office hours, in Chinese"), most=120, needed=False)
    hours_en = _line(_("Office hours, in English"), most=160, needed=False)
    complaint_number = _line(_("Telephone for complaints about the office"), most=40, needed=False)
    complaint_zh = _text(_("How one complains about the office, in Chinese"), most=200)
    complaint_en = _text(_("How one complains about the office, in English"), most=300)
    icp_number = forms.CharField(
        label=_("ICP number (ICP 备案号)"), max_length=60, required=False,
        help_text=_("Leads to the register of the ministry."),
    )  # fmt: skip
    police_number = forms.CharField(
        label=_("Number of the police's register (公安备案号)"), max_length=60, required=False,
        help_text=_("Leads to the register of the police."),
    )  # fmt: skip

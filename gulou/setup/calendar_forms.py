"""Forms of calendars: working times, the days of a year, who keeps which."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.calendars import queries
from gulou.desk import choices
from gulou.kit.words import name_of

from .catalogue_forms import Plain

_WEEK = (
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")),
    ("4", _("Friday")), ("5", _("Saturday")), ("6", _("Sunday")),
)  # fmt: skip


class CalendarForm(Plain):
    """Working times under a name."""

    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    week = forms.MultipleChoiceField(
        label=_("Working days of the week"), choices=_WEEK, widget=forms.CheckboxSelectMultiple
    )
    seasons = forms.CharField(
        label=_("Working times"), widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One line for each season: its first day, then the hours. For example 05-01 08:00-12:00 15:00-18:00."),
    )  # fmt: skip
    working_day = forms.IntegerField(
        label=_("Minutes of one working day"), min_value=1, max_value=1440,
        help_text=_("What one working day of a limit is: 480 minutes are eight hours."),
    )  # fmt: skip
    keeps_holidays = forms.BooleanField(
        label=_("Public holidays are free, and days that make up for them are worked"),
        required=False,
    )
    is_default = forms.BooleanField(label=_("For all units that have no other"), required=False)
    active = forms.BooleanField(label=_("In use"), required=False)


class YearForm(Plain):
    """The days of one year that differ from the week."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    days = forms.CharField(
        label=_("Days that differ"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        help_text=_("One line for each day: 2026-02-17 休 春节, or 2026-02-14 班 for a day that makes up for one."),
    )  # fmt: skip
    edition = forms.CharField(
        label=_("Where it comes from"), max_length=80, required=False,
        help_text=_("The number of the notice, for example."),
    )  # fmt: skip


class GiveForm(Plain):
    """A unit and what it keeps."""

    unit = forms.ChoiceField(label=_("Unit"))
    calendar = forms.ChoiceField(label=_("Calendar"), required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        units: Any = self.fields["unit"]
        units.choices = choices.units()
        calendars: Any = self.fields["calendar"]
        calendars.choices = [
            ("", _("That of the unit above")),
            *((str(one.id), name_of(one)) for one in queries.all_calendars() if one.active),
        ]

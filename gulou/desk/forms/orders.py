"""Forms of supervision orders. They check shape; the operations check the rest."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.desk import choices
from gulou.joint import queries
from gulou.kit import clock

from .ground import numbers_in, words_field

if TYPE_CHECKING:
    from gulou.people.models import User


def _due(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class OrderForm(forms.Form):
    """A form of an order: `due` is the end of a day where the office is."""

    def __init__(self, *given: Any, persons: Any = (), first: Any = None, **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})
        if "person" in self.fields:
            self.able = {person.pk: person for person in persons}
            offered = [*([("", first)] if first else []), *choices.people_by_unit(list(persons))]
            cast("forms.ChoiceField", self.fields["person"]).choices = offered

    def due_at(self) -> datetime | None:
        """The end of the chosen day."""
        day = self.cleaned_data.get("due")
        return timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None

    def chosen(self) -> Any:
        """Who was chosen; None where nobody was."""
        return self.able.get(self.cleaned_data.get("person"))


def _person(label: Any, *, required: bool = True, hint: Any = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, empty_value=None, required=required, help_text=hint
    )


class NumbersForm(forms.Form):
    """Which cases are put under supervision."""

    numbers = forms.CharField(
        label=_("Numbers of cases"), max_length=6000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or many, with spaces or commas between them."),
    )  # fmt: skip

    def __init__(self, *given: Any, by: "User", **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})
        self.by = by

    def clean_numbers(self) -> str:
        """What was sent, if each number is that of a case which the person sees."""
        text: str = self.cleaned_data["numbers"]
        self.named, missing = queries.cases_named(self.by, numbers_in(text))
        if missing:
            said = _("No case that you see has this number: %(numbers)s")
            raise forms.ValidationError(str(said) % {"numbers": ", ".join(missing[:5])})
        return text


class GiveForm(OrderForm):
    words = words_field(_("What is to be done"), required=True, rows=4)
    due = _due(_("To be answered by"))
    person = _person(_("Person responsible"), required=False)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        week = timezone.localdate(clock.now()) + timedelta(days=7)
        self.initial.setdefault("due", week)


class AnswerForm(OrderForm):
    words = words_field(_("What was done, and how it stands"), required=True, rows=5)


class AcceptForm(OrderForm):
    words = words_field(_("Words for the record"), rows=2)


class SendBackForm(OrderForm):
    words = words_field(_("What is missing"), required=True)
    due = _due(_("New deadline"), required=False, hint=_("Empty: the deadline stays."))


class HandOnForm(OrderForm):
    person = _person(_("Person responsible"))


class WithdrawForm(OrderForm):
    words = words_field(_("Why it is withdrawn"), required=True, rows=2)

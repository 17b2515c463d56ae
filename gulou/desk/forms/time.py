"""Forms of asking for time, and of deciding what was asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.desk import choices
from gulou.kit.worktime import Limit

from .ground import WordsForm, words_field


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


class ExtendForm(WordsForm):
    """How much more time, in the unit of the limit, and why."""

    words = words_field(_("Why more time is needed"), required=True)
    amount = forms.IntegerField(label=_("How much more"), min_value=1, max_value=32767)

    def fit(self) -> None:
        """Say what it is counted in, and how much there may be."""
        step = self.case.step
        if step is not None and step.limit_amount:
            most = choices.limit_words(Limit(step.limit_amount, step.limit_unit))
            words = _("In the unit of the limit; at most as much as the limit itself: %(most)s.")
            self.fields["amount"].help_text = words % {"most": most}
        self.order_fields(["amount", "words"])


class SuspendForm(WordsForm):
    """Until when the clock is to stand still, and why."""

    words = words_field(_("Why it cannot be done now"), required=True)
    until = _day(
        _("To be looked at again on"), hint=_("At most a year from now. A case is suspended once.")
    )

    def fit(self) -> None:
        """The day comes first."""
        self.order_fields(["until", "words"])


class ResumeForm(WordsForm):
    """The clock runs again now; with a day, it stands still until then."""

    until = _day(
        _("Leave it suspended until"),
        required=False,
        hint=_("Empty: its clock runs again now, with the time that was left."),
    )

    def fit(self) -> None:
        """The day comes first."""
        self.order_fields(["until", "words"])


class AppealForm(WordsForm):
    words = words_field(_("Why the lateness is to be forgiven"), required=True)


class RuleForm(WordsForm):
    """Yes or no to what was asked."""

    granted = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Granted")), ("no", _("Not granted"))],
        widget=forms.RadioSelect(),
    )  # fmt: skip
    words = words_field(_("Reasons"), required=True)

    def fit(self) -> None:
        """The decision comes first."""
        self.order_fields(["granted", "words"])

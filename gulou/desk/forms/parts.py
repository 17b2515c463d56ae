"""Forms of handing a part of the handling down the tree of units, and of what comes back up."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries, states
from gulou.desk import choices
from gulou.kit import clock
from gulou.kit.words import name_of
from gulou.people import queries as people
from gulou.ui.times import moment

from .ground import MoveForm, WordsForm, id_field, number, words_field


def _due_field() -> forms.DateTimeField:
    return forms.DateTimeField(
        label=_("Done by"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip


class _Downward(MoveForm):
    """A unit beneath has a part, until a time that is never after that of the unit above."""

    def fit_due(self, unit_id: int | None) -> None:
        """The deadline that is proposed, and the latest there may be."""
        above = self.case.step
        latest = above.due_at if above else None
        if unit_id is not None:
            self.initial.setdefault("due", queries.due_beneath(self.case, unit_id))
        if latest is None:
            words: Any = _("The unit above has no deadline. Empty: none here either.")
        elif latest <= clock.now():
            words = _("The unit above is late already. Empty: no deadline here.")
        else:
            words = _("At the latest %(due)s, when the unit above has to be done.") % {
                "due": moment(latest)
            }
        self.fields["due"].help_text = words


class DelegateForm(_Downward):
    """To which unit beneath, to whom there, until when, and what is to be done."""

    unit = id_field(_("Unit beneath"))
    person = id_field(_("Person"), required=False)
    due = _due_field()
    words = words_field(_("What is to be done"), rows=2)
    field_order = ("unit", "person", "due", "words")
    refreshed_by = {"unit": "person"}

    def fit(self) -> None:
        """The units beneath the one that has it now; who of the place stands first."""
        step = self.case.step
        beneath = queries.units_beneath(step.unit_id) if step else []
        areas = {self.case.grid_id, self.case.community_id} - {None}
        beneath.sort(key=lambda unit: unit.area_id not in areas)
        self.offer("unit", [(unit.id, name_of(unit)) for unit in beneath])
        chosen = number(self.now("unit")) or (beneath[0].id if beneath else None)
        self.initial.setdefault("unit", chosen)
        able = people.people_at([chosen], states.REPORT_UP.verb) if chosen else []
        self.able = {person.pk: person for person in able}
        self.offer("person", [("", _("Anybody there")), *choices.persons(able)])
        self.fit_due(chosen)


class ReportUpForm(WordsForm):
    """What was done, with pictures; or why it cannot be done here."""

    takes_photos = True
    photos_hint = _("The place as it is now: the unit above shows it on.")
    done = forms.ChoiceField(
        label=_("Is it done"), widget=forms.RadioSelect(), initial="yes",
        choices=[("yes", _("Yes, it is done")), ("no", _("No, it cannot be done here"))],
    )  # fmt: skip
    words = words_field(_("What was done, or why not"), required=True)
    field_order = ("done", "words")


class SendDownForm(_Downward):
    """What is still missing, and until when."""

    due = _due_field()
    words = words_field(_("What is missing"), required=True)
    field_order = ("words", "due")

    def fit(self) -> None:
        """A new deadline for the unit that reported."""
        last = queries.last_reported(self.case)
        self.fit_due(last.unit_id if last else None)


class TakeBackForm(MoveForm):
    """Which part comes back, with all that was handed on from there."""

    part = id_field(_("What is taken back"), radio=True)
    words = words_field(_("Why"), rows=2)
    field_order = ("part", "words")

    def fit(self) -> None:
        """The parts that the reader's unit has handed down, and those beneath."""
        parts = queries.parts_to_take_back(self.reader, self.case)
        units = people.unit_refs()
        self.offer("part", [(one.pk, name_of(units[one.unit_id])) for one in parts])
        if parts:
            self.initial.setdefault("part", parts[0].pk)

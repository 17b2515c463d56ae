"""Forms of joint enforcement. None has a place for penalties or for names of parties."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gulou.desk import choices
from gulou.joint import queries, states
from gulou.joint.operations import Part, Plan
from gulou.kit import clock
from gulou.kit.words import name_of

from .ground import MOST_VERSION, id_field, numbers_in, words_field

if TYPE_CHECKING:
    from gulou.joint.models import Operation
    from gulou.joint.queries import TaskSeen
    from gulou.people.models import User

FORBIDDEN = _(
    "A record of coordination: no names of persons or shops, no penalties. These stay in the files of each unit."
)


def _instant(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )  # fmt: skip


class _Form(forms.Form):
    """What all have: the version one looked at, and how much of the story stood there."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST_VERSION
    )
    told = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST_VERSION
    )
    takes_photos = False
    photos_hint: Any = ""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"label_suffix": "", **more})
        if self.takes_photos:
            self.fields["photos"] = forms.Field(
                label=_("Photos"), required=False, widget=forms.HiddenInput()
            )

    def offer(self, name: str, offered: Iterable[Any]) -> None:
        """Let one choose from these."""
        cast("forms.ChoiceField", self.fields[name]).choices = list(offered)

    def visible(self) -> list[Any]:
        """The fields to draw one under the other."""
        drawn = (bound for bound in self if not bound.is_hidden)
        return [bound for bound in drawn if bound.name not in ("lat", "lon")]

    def carried(self) -> list[Any]:
        """The hidden fields to draw."""
        return [bound for bound in self if bound.is_hidden and bound.name != "photos"]


class PlanForm(_Form):
    """When, where and what."""

    title = forms.CharField(label=_("Name of the operation"), max_length=120)
    begins_at = _instant(_("Begins"))
    ends_at = _instant(_("Ends"))
    address = forms.CharField(
        label=_("Where the units meet"), max_length=200,
        help_text=_("As the units know it: crossing, gate, square."),
    )  # fmt: skip
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    words = words_field(_("The plan"), rows=4)

    @property
    def place_error(self) -> Any:
        """What is wrong with the place, in one line for the pin."""
        if "lat" in self.errors or "lon" in self.errors:
            return _("Say where it is: search for a name, or move the pin.")
        return ""

    @property
    def plan(self) -> Plan:
        """What was sent, for the operation."""
        given = self.cleaned_data
        return Plan(
            title=given["title"], begins_at=given["begins_at"], ends_at=given["ends_at"],
            address=given["address"], lat=given["lat"], lon=given["lon"], words=given["words"],
        )  # fmt: skip


class NewForm(PlanForm):
    """The same, with who leads, who takes part, and which cases it is about."""

    lead = id_field(_("Unit that leads"))
    units = forms.TypedMultipleChoiceField(
        label=_("Units that take part"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("Each gets the part below; each is changed by itself later."),
    )  # fmt: skip
    task_words = words_field(_("The part of each of them"), rows=2)
    task_due = _instant(_("Until when"))
    cases = forms.CharField(
        label=_("Numbers of cases"), required=False, max_length=6000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One or many, with spaces or commas between them."),
    )  # fmt: skip
    field_order = (
        "title", "lead", "begins_at", "ends_at", "address", "words", "units", "task_words",
        "task_due", "cases",
    )  # fmt: skip

    def __init__(self, *given: Any, by: "User", **more: Any) -> None:
        super().__init__(*given, **more)
        self.by = by
        leading = queries.leading_units(by)
        self.offer("lead", [(unit.id, name_of(unit)) for unit in leading])
        self.offer("units", choices.flat_units())
        self.fields["task_due"].required = False
        begin = _next_morning()
        for name, value in (("begins_at", begin), ("ends_at", begin + timedelta(hours=2)),
                            ("task_due", begin + timedelta(days=1))):  # fmt: skip
            self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("units"):
            for name, words in (("task_words", _("Say what they are to do.")),
                                ("task_due", _("Say until when."))):  # fmt: skip
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, words)
        self.named, missing = queries.cases_named(self.by, numbers_in(given.get("cases") or ""))
        if missing:
            said = _("No case that you see has this number: %(numbers)s")
            self.add_error("cases", str(said) % {"numbers": ", ".join(missing[:5])})
        return given

    @property
    def parts(self) -> list[Part]:
        """The part of each unit."""
        given = self.cleaned_data
        return [Part(unit_id=one, words=given["task_words"], due_at=given["task_due"])
                for one in given["units"]]  # fmt: skip


class WordsForm(_Form):
    """Words that must be there."""

    words = words_field(required=True, rows=4)


class BeginForm(_Form):
    """Nothing to say."""


class CloseForm(WordsForm):
    words = words_field(_("The result"), required=True, rows=5)


class CallOffForm(WordsForm):
    words = words_field(_("Why it is called off"), required=True)


class CasesForm(_Form):
    cases = forms.CharField(
        label=_("Numbers of cases"), max_length=6000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or many, with spaces or commas between them."),
    )  # fmt: skip


class DropForm(_Form):
    case = forms.CharField(max_length=24, widget=forms.HiddenInput)


class TaskForm(_Form):
    unit = id_field(_("Unit"))
    task_words = words_field(_("What it is to do"), required=True, rows=3)
    due_at = _instant(_("Until when"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.offer("unit", choices.units())


class ReportForm(WordsForm):
    takes_photos = True
    photos_hint = _("What was done, on the spot. No faces or name plates where it can be avoided.")
    words = words_field(_("What the unit did"), required=True)


class SendBackForm(WordsForm):
    words = words_field(_("What is missing"), required=True)
    due_at = _instant(_("Until when"))


class ChangeTaskForm(WordsForm):
    words = words_field(_("What it is to do"), required=True)
    due_at = _instant(_("Until when"))


FORMS: dict[str, type[_Form]] = {
    states.CHANGE.name: PlanForm, states.CASES.name: CasesForm, states.DROP_CASE.name: DropForm,
    states.ADD_TASK.name: TaskForm, states.BEGIN.name: BeginForm, states.CLOSE.name: CloseForm,
    states.CALL_OFF.name: CallOffForm, states.REPORT.name: ReportForm,
    states.SEND_BACK.name: SendBackForm, states.CHANGE_TASK.name: ChangeTaskForm,
    states.CALL_OFF_TASK.name: CallOffForm,
}  # fmt: skip


def begin_with(
    move: states.Move, operation: "Operation", task: "TaskSeen | None"
) -> dict[str, Any]:
    """What the form of a move holds to begin with."""
    if move == states.CHANGE:
        names = ("title", "begins_at", "ends_at", "address", "lat", "lon")
        plan = operation.plan.text if operation.plan else ""
        return {**{name: getattr(operation, name) for name in names}, "words": plan}
    if move == states.CHANGE_TASK and task is not None:
        return {"words": task.words, "due_at": task.due_at}
    if move in (states.ADD_TASK, states.SEND_BACK):
        return {"due_at": max(operation.ends_at, clock.now() + timedelta(hours=4))}
    return {}


def _next_morning() -> datetime:
    today = timezone.localtime(clock.now())
    return (today + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)

"""The forms of the desk. They check shape; whether it may be done is the operation's to say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries, states
from gulou.cases.routing import routing_of
from gulou.catalogue import queries as catalogue
from gulou.kit.words import name_of
from gulou.kit.worktime import Limit
from gulou.people import queries as people
from gulou.places.coordinates import distance_m
from gulou.ui.times import moment

from . import choices

if TYPE_CHECKING:
    from django.http import QueryDict

    from gulou.cases.models import Case
    from gulou.people.models import User

MOST_VERSION = 2**31 - 1


def _words(label: Any = None, *, required: bool = False, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": 2000})
    return forms.CharField(label=label or _("Words"), required=required, widget=widget)


def _one_of(label: Any, *, required: bool = True, radio: bool = False) -> Any:
    """A choice of an id; what may be chosen is set when the case is known."""
    return forms.TypedChoiceField(
        label=label, coerce=int, empty_value=None, required=required,
        widget=forms.RadioSelect() if radio else forms.Select(),
    )  # fmt: skip


class MoveForm(forms.Form):
    """What every move has: the version one looked at, and words."""

    seen = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST_VERSION
    )
    told = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=MOST_VERSION
    )
    words = _words()
    takes_photos = False
    photos_hint: Any = ""
    # Fields that are folded away, and fields on whose choice another one's choices depend.
    folded: tuple[str, ...] = ()
    refreshed_by: dict[str, str] = {}

    def __init__(
        self,
        data: "QueryDict | None" = None,
        *,
        case: "Case",
        reader: "User",
        asked: "QueryDict | None" = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"seen": case.version, **(initial or {})})
        self.case, self.reader, self.asked = case, reader, asked
        self.label_suffix = ""
        if self.takes_photos:
            # Holds what is wrong with the photos; they themselves are staged under a draft.
            self.fields["photos"] = forms.Field(
                label=_("Photos"), required=False, widget=forms.HiddenInput()
            )
        self.fit()

    def fit(self) -> None:
        """Fill in what may be chosen for this case."""

    def offer(self, name: str, offered: Sequence[Any]) -> None:
        """Let one choose from these."""
        cast("forms.ChoiceField", self.fields[name]).choices = offered

    def now(self, name: str) -> str:
        """What a field holds at the moment: sent, asked for by the address, or to begin with."""
        for source in (self.data, self.asked or {}):
            if source.get(name):
                return str(source.get(name))
        return str(self.initial.get(name) or "")

    def unsent(self) -> "MoveForm":
        """The same form with what was typed, not judged yet."""
        typed = {
            name: field.widget.value_from_datadict(self.data, self.files, name)
            for name, field in self.fields.items()
        }
        return type(self)(case=self.case, reader=self.reader, initial=typed)

    def visible(self) -> list[Any]:
        """The fields to draw, in order."""
        return [bound for bound in self if not bound.is_hidden]

    def carried(self) -> list[Any]:
        """The hidden fields to draw."""
        return [bound for bound in self if bound.is_hidden and bound.name != "photos"]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class PlainForm(MoveForm):
    """Words if one likes."""

    words = _words(_("Words for the record"), rows=2)


class UrgeForm(MoveForm):
    """A reminder; what it says to whom is always the same."""

    words = _words(_("Words for the record"), rows=2)

    def fit(self) -> None:
        """Say who is reminded."""
        self.fields["words"].help_text = _(
            "Who it waits for is reminded. These words stay on the record."
        )


class WordsForm(MoveForm):
    """Words that must be there."""

    words = _words(required=True)


class UpholdForm(WordsForm):
    words = _words(_("What the reporter reads"), required=True)


class ExtendForm(WordsForm):
    """How much more time, in the unit of the limit, and why."""

    words = _words(_("Why more time is needed"), required=True)
    amount = forms.IntegerField(label=_("How much more"), min_value=1, max_value=32767)

    def fit(self) -> None:
        """Say what it is counted in, and how much there may be."""
        step = self.case.step
        if step is not None and step.limit_amount:
            most = choices.limit_words(Limit(step.limit_amount, step.limit_unit))
            words = _("In the unit of the limit; at most as much as the limit itself: %(most)s.")
            self.fields["amount"].help_text = words % {"most": most}
        self.order_fields(["amount", "words"])


def _day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip


class SuspendForm(WordsForm):
    """Until when the clock is to stand still, and why."""

    words = _words(_("Why it cannot be done now"), required=True)
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
    words = _words(_("Why the lateness is to be forgiven"), required=True)


class RuleForm(WordsForm):
    """Yes or no to what was asked."""

    granted = forms.ChoiceField(
        label=_("Decision"), choices=[("yes", _("Granted")), ("no", _("Not granted"))],
        widget=forms.RadioSelect(),
    )  # fmt: skip
    words = _words(_("Reasons"), required=True)

    def fit(self) -> None:
        """The decision comes first."""
        self.order_fields(["granted", "words"])


class OnSpotForm(MoveForm):
    """Which unit puts it right within a day."""

    unit = _one_of(_("Responsible unit"))

    def fit(self) -> None:
        """Offer the unit that the rule names first."""
        proposed = routing_of(self.case).unit_id
        first = [proposed] if proposed else []
        self.offer("unit", choices.units(first=first, first_words=str(_("By the rule"))))
        if proposed:
            self.initial.setdefault("unit", proposed)
        self.order_fields(["unit", "words"])


class NoteForm(WordsForm):
    """For staff unless it is marked as public, which asks for a verb of its own."""

    takes_photos = True
    words = _words(_("Note"), required=True)
    audience = forms.ChoiceField(
        label=_("Who reads it"), required=False, initial="staff", widget=forms.RadioSelect(),
        choices=[
            ("staff", _("Staff only")),
            ("public", _("Everybody who reported it, too: they get it by mail and on their page")),
        ],
    )  # fmt: skip
    mention = forms.TypedMultipleChoiceField(
        label=_("Ask colleagues to look"), coerce=int, required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Or write @ and the name in the note. They find it in their day, and by mail."),
    )  # fmt: skip
    field_order = ("words", "audience", "mention")
    folded = ("mention",)

    def fit(self) -> None:
        seeing = [p for p in queries.people_who_see(self.case) if p.pk != self.reader.pk]
        self.able = {person.pk: person for person in seeing}
        self.offer("mention", choices.people_by_unit(seeing))
        self.fields["words"].widget.attrs.update({
            "data-controller": "mention", "data-mention-from-value": "#id_mention",
        })  # fmt: skip
        powers = queries.powers_over(self.reader, self.case)
        if states.WRITE_PUBLIC not in powers or self.case.restricted:
            del self.fields["audience"]


class ReplyForm(WordsForm):
    """What went to those above, and the pictures that went with it."""

    takes_photos = True
    photos_hint = _("The signed page, or what else went with it.")
    words = _words(_("What was replied"), required=True, rows=6)
    how = forms.ChoiceField(label=_("How it was given"), widget=forms.RadioSelect())
    shown = forms.TypedMultipleChoiceField(
        label=_("Pictures of the case that went with it"), coerce=UUID, required=False,
        widget=forms.CheckboxSelectMultiple(),
    )  # fmt: skip
    field_order = ("words", "how", "shown")

    def fit(self) -> None:
        self.offer("how", queries.reply_forms()[:-1])
        photos = queries.photos_of(self.case)
        counted = enumerate(photos, start=1)
        self.offer("shown", [(str(p.uid), f"{n} · {p.kind_label}") for n, p in counted])
        if not photos:
            del self.fields["shown"]


class HandleForm(WordsForm):
    takes_photos = True
    words = _words(_("What was done"), required=True)

    def fit(self) -> None:
        category = catalogue.category_refs().get(self.case.category_id)
        if category is not None and category.needs_photo:
            self.photos_hint = _("Needed: the place as it is now.")
        else:
            self.photos_hint = _("If there is something to see.")


class CloseForm(PlainForm):
    takes_photos = True


class VerifyForm(MoveForm):
    takes_photos = True
    found = forms.ChoiceField(
        label=_("Is the problem there"), widget=forms.RadioSelect(),
        choices=[("yes", _("Yes, as reported")), ("no", _("No, nothing found"))],
    )  # fmt: skip
    words = _words(_("What you saw"), required=True)
    field_order = ("found", "words")


class FileForm(MoveForm):
    category = _one_of(_("Category"))
    condition = _one_of(_("Condition and limit"), required=False, radio=True)
    address = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    summary = forms.CharField(
        label=_("What the public reads"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text=_("In the office's words, with nothing personal."),
    )  # fmt: skip
    words = _words(_("Words for the record"), rows=2)
    field_order = ("category", "condition", "address", "summary", "words")
    refreshed_by = {"category": "condition"}

    def fit(self) -> None:
        case = self.case
        said = "" if self.is_bound else _said(case)
        self.initial.setdefault("category", case.category_id)
        self.initial.setdefault("condition", case.condition_id)
        self.initial.setdefault("address", case.address)
        self.initial.setdefault("summary", case.summary)
        chosen = _number(self.now("category"))
        offered = choices.categories(said)
        here = catalogue.category_refs().get(case.category_id)
        self.offer("category", _with(offered, case.category_id, here))
        self.offer("condition", choices.conditions(chosen))
        if chosen is not None and chosen != case.category_id:
            default = catalogue.default_condition(chosen)
            self.initial["condition"] = default.id if default else None


def _said(case: "Case") -> str:
    """What its reporters wrote, which points to categories."""
    return " ".join(case.reports.values_list("words__text", flat=True)[:5])


def _with(offered: list[Any], category_id: int, here: Any) -> list[Any]:
    """The choices, with the case's own category where it has been retired since."""
    ids = {pk for _words, group in offered for pk, _name in group}
    if category_id in ids or here is None:
        return offered
    return [*offered, (category_id, name_of(here))]


class TaskForm(MoveForm):
    unit = _one_of(_("Unit"))
    person = _one_of(_("Person"), required=False)
    words = _words(_("What to look at"), rows=2)
    field_order = ("unit", "person", "words")
    refreshed_by = {"unit": "person"}

    def fit(self) -> None:
        refs = people.unit_refs().values()
        areas = {self.case.community_id, self.case.street_id} - {None}
        near = [u.id for u in refs if u.active and u.area_id in areas]
        near.sort(key=lambda pk: people.unit_refs()[pk].kind != "community")
        self.offer("unit", choices.units(first=near, first_words=str(_("Of this place"))))
        if near:
            self.initial.setdefault("unit", near[0])
        chosen = _number(self.now("unit"))
        able = people.people_at([chosen], states.VERIFY.verb) if chosen else []
        self.able = {person.pk: person for person in able}
        self.offer("person", [("", _("Anybody there")), *choices.persons(able)])


class DispatchForm(MoveForm):
    unit = _one_of(_("Unit responsible"))
    condition = _one_of(_("Condition and limit"), required=False, radio=True)
    assisting = forms.TypedMultipleChoiceField(
        label=_("Assisting units"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple(),
    )  # fmt: skip
    words = _words(_("Words for the unit"), rows=2)
    field_order = ("unit", "condition", "words", "assisting")
    folded = ("assisting",)

    def fit(self) -> None:
        self.routing = routing = routing_of(self.case)
        first = [routing.unit_id] if routing.unit_id else []
        units = choices.units(first=first, first_words=str(_("By the rule")))
        self.offer("unit", units if first else [("", str(_("Choose a unit"))), *units])
        self.offer("condition", choices.conditions(self.case.category_id))
        self.offer("assisting", choices.flat_units(first=routing.assisting_ids))
        self.initial.setdefault("unit", routing.unit_id)
        self.initial.setdefault("condition", self.case.condition_id)
        self.initial.setdefault("assisting", list(routing.assisting_ids))


class ReasonForm(MoveForm):
    """A reason from the list of this move, and words."""

    move: states.Move
    reason = _one_of(_("Reason"), radio=True)
    words = _words()
    field_order = ("reason", "words")

    def fit(self) -> None:
        self.offer("reason", choices.reasons(self.move.reason))
        self.fields["words"].required = self.move.words


class DeclineForm(ReasonForm):
    move = states.DECLINE


class RedirectForm(ReasonForm):
    move = states.REDIRECT


class ReturnForm(ReasonForm):
    move = states.RETURN


class ReworkForm(ReasonForm):
    takes_photos = True
    move = states.REWORK
    faked = forms.TypedMultipleChoiceField(
        label=_("Confirmed to be a fake"), coerce=UUID, required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("Tick a picture only if you are sure. It counts against the unit."),
    )  # fmt: skip

    def fit(self) -> None:
        super().fit()
        sent = [photo for photo in queries.photos_of(self.case) if photo.after]
        self.offer("faked", [
            (str(photo.uid), _("Picture after handling, %(at)s") % {"at": moment(photo.added_at)})
            for photo in sent
        ])  # fmt: skip
        if not sent:
            del self.fields["faked"]


class ReopenForm(ReasonForm):
    move = states.REOPEN


class MergeForm(MoveForm):
    into = forms.ChoiceField(
        label=_("Open cases nearby"), required=False, widget=forms.RadioSelect()
    )
    number = forms.CharField(label=_("Or its number"), max_length=24, required=False)
    words = _words(_("Words for the record"), rows=2)
    field_order = ("into", "number", "words")

    # The number of the other case as it was shown beside this one.
    compared = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput())

    def fit(self) -> None:
        alike = {one.row.id: one for one in queries.suspects(self.reader, self.case)}
        near = [(one.row, one.reasons) for one in alike.values()]
        for row in queries.neighbours(self.reader, self.case):
            if row.id not in alike:
                metres = round(distance_m(self.case.lat, self.case.lon, row.lat, row.lon))
                near.append((row, [_("%(metres)s m away") % {"metres": metres}]))
        self.offer("into", [(row.number, self._candidate(row, why)) for row, why in near])
        if not near:
            del self.fields["into"]
            self.fields["number"].label = _("Number of the other case")

    def _candidate(self, row: queries.Row, reasons: Sequence[str]) -> str:
        return " · ".join((row.number, row.category, row.place, *reasons))

    def choose(self, number: str) -> None:
        """Begin with this case chosen."""
        offered = "into" in self.fields and number in dict(self.fields["into"].choices)  # type: ignore[attr-defined]  # a choice field
        self.initial["into" if offered else "number"] = number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number = given.get("number") or given.get("into") or ""
        self.target = queries.cases_seen_by(self.reader).filter(number=number.strip()).first()
        if self.target is None and not self.errors:
            where = "number" if number or "into" not in self.fields else "into"
            self.add_error(where, _("Choose the case that answers for this one too."))
        return given


class NameForm(MoveForm):
    person = _one_of(_("Who rechecks"), radio=True)
    words = _words(_("Words for them"), rows=2)
    field_order = ("person", "words")

    def fit(self) -> None:
        self.able = {person.pk: person for person in queries.rechecker_choices(self.case)}
        self.offer("person", choices.persons(self.able.values()))


class ReleaseForm(MoveForm):
    """Which pictures the public sees; the template draws them."""

    public = forms.TypedMultipleChoiceField(
        label=_("Pictures"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple()
    )
    summary = forms.CharField(
        label=_("What the public reads"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
        help_text=_(
            "In the office's words, with nothing personal. Without them the case is on no public"
            " page: only its reporters see the pictures."
        ),
    )  # fmt: skip
    words = None  # type: ignore[assignment]  # this move leaves none

    def fit(self) -> None:
        photos = queries.photos_of(self.case)
        self.offer("public", [(str(photo.uid), "") for photo in photos])
        self.initial.setdefault("public", [str(photo.uid) for photo in photos if photo.released])
        self.initial.setdefault("summary", self.case.summary)

"""Forms of those who have a case in hand, and of what is said beside it."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries, states
from gulou.catalogue import queries as catalogue
from gulou.desk import choices

from .ground import MoveForm, PlainForm, ReasonForm, WordsForm, id_field, words_field


class VerifyForm(MoveForm):
    takes_photos = True
    found = forms.ChoiceField(
        label=_("Is the problem there"), widget=forms.RadioSelect(),
        choices=[("yes", _("Yes, as reported")), ("no", _("No, nothing found"))],
    )  # fmt: skip
    words = words_field(_("What you saw"), required=True)
    field_order = ("found", "words")


class ReturnForm(ReasonForm):
    """Why it is not ours, and whose it is instead where we know."""

    move = states.RETURN
    takes_photos = True
    photos_hint = _("If a picture shows whose it is: a border, a plate, a contract.")
    named = id_field(_("Whose it is instead"), required=False)
    field_order = ("reason", "named", "words")

    def fit(self) -> None:
        """Leave out the reasons that an arbitration has settled for this unit."""
        super().fit()
        settled = queries.settled_reasons(self.case)
        left = [one for one in choices.reasons(self.move.reason) if one[0] not in settled]
        self.offer("reason", left)
        if settled:
            self.fields["reason"].help_text = _(
                "The reasons that the arbitration has answered cannot be given again."
            )
        self.offer("named", [("", str(_("Not known to us"))), *choices.units()])


class ArbitrateForm(WordsForm):
    """Whose the case is, and why."""

    unit = id_field(_("Responsible unit"))
    assisting = forms.TypedMultipleChoiceField(
        label=_("Assisting units"), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple(),
    )  # fmt: skip
    words = words_field(_("Reasons of the decision"), required=True, rows=4)
    field_order = ("unit", "words", "assisting")
    folded = ("assisting",)

    def fit(self) -> None:
        """Offer those who spoke, and whom they named, first."""
        first = queries.units_in_dispute(self.case)
        units = choices.units(first=first, first_words=str(_("In this dispute")))
        self.offer("unit", [("", str(_("Choose a unit"))), *units])
        self.offer("assisting", choices.flat_units(first=first))


class HandleForm(WordsForm):
    takes_photos = True
    words = words_field(_("What was done"), required=True)

    def fit(self) -> None:
        category = catalogue.category_refs().get(self.case.category_id)
        if category is not None and category.needs_photo:
            self.photos_hint = _("Needed: the place as it is now.")
        else:
            self.photos_hint = _("If there is something to see.")


class NoteForm(WordsForm):
    """For staff unless it is marked as public, which asks for a verb of its own."""

    takes_photos = True
    words = words_field(_("Note"), required=True)
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
    words = words_field(_("What was replied"), required=True, rows=6)
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


class UrgeForm(PlainForm):
    """A reminder; what it says to whom is always the same."""

    def fit(self) -> None:
        """Say who is reminded."""
        self.fields["words"].help_text = _(
            "Who it waits for is reminded. These words stay on the record."
        )

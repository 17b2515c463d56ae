"""Forms of looking at handled and ended cases, and of what the public sees of them."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.cases import queries, states
from gulou.catalogue import queries as catalogue
from gulou.catalogue.states import RecheckWay
from gulou.desk import choices
from gulou.ui.times import moment

from .ground import MoveForm, PlainForm, ReasonForm, WordsForm, id_field, words_field


class NameForm(MoveForm):
    person = id_field(_("Who rechecks"), radio=True)
    words = words_field(_("Words for them"), rows=2)
    field_order = ("person", "words")

    def fit(self) -> None:
        self.able = {person.pk: person for person in queries.rechecker_choices(self.case)}
        self.offer("person", choices.persons(self.able.values()))


class HandOverForm(WordsForm):
    """Somebody else is drawn; the words stay on record."""

    words = words_field(_("Why you do not recheck it"), required=True, rows=2)


class CloseForm(PlainForm):
    takes_photos = True

    def fit(self) -> None:
        if catalogue.checking_for(self.case.category_id).way == RecheckWay.ON_SPOT:
            self.fields["words"].label = _("What you saw on the spot")
            self.fields["words"].help_text = _(
                "This kind is rechecked on the spot: say what you saw, or add a photo."
            )


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


class UpholdForm(WordsForm):
    words = words_field(_("What the reporter reads"), required=True)


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

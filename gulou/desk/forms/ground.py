"""What the forms of all moves have in common."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.cases import states
from gulou.desk import choices

if TYPE_CHECKING:
    from django.http import QueryDict

    from gulou.cases.models import Case
    from gulou.people.models import User

MOST_VERSION = 2**31 - 1


def words_field(label: Any = None, *, required: bool = False, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": 2000})
    return forms.CharField(label=label or _("Words"), required=required, widget=widget)


def id_field(label: Any, *, required: bool = True, radio: bool = False) -> Any:
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
    words = words_field()
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


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers_in(text: str) -> list[str]:
    """The numbers in a text, whatever stands between them."""
    for sign in ",;，；、\n\t":
        text = text.replace(sign, " ")
    return text.split()[:300]


class PlainForm(MoveForm):
    """Words if one likes."""

    words = words_field(_("Words for the record"), rows=2)


class WordsForm(MoveForm):
    """Words that must be there."""

    words = words_field(required=True)


class ReasonForm(MoveForm):
    """A reason from the list of this move, and words."""

    move: states.Move
    reason = id_field(_("Reason"), radio=True)
    words = words_field()
    field_order: tuple[str, ...] = ("reason", "words")

    def fit(self) -> None:
        self.offer("reason", choices.reasons(self.move.reason))
        self.fields["words"].required = self.move.words

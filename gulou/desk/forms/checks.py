"""Forms of looking at closed cases again. They belong to no move, so they know no case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .ground import id_field, words_field


class _Plain(forms.Form):
    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.label_suffix = ""


class CheckForm(_Plain):
    """How it is there."""

    verdict = forms.ChoiceField(
        label=_("How it is"), widget=forms.RadioSelect(),
        choices=[("passed", _("In order")), ("failed", _("Not in order: open the case again"))],
    )  # fmt: skip
    words = words_field(_("What you saw there"))
    # Holds what is wrong with the photos; they themselves are staged under a draft.
    photos = forms.Field(label=_("Photos"), required=False, widget=forms.HiddenInput())

    def unsent(self) -> "CheckForm":
        """The same form with what was typed, not judged yet."""
        return CheckForm(
            initial={"verdict": self.data.get("verdict"), "words": self.data.get("words")}
        )


class AwayForm(_Plain):
    """Why somebody else does it."""

    words = words_field(_("Why"), required=True, rows=2)


class NameCheckForm(_Plain):
    """Who is to look."""

    person = id_field(_("Who looks"), radio=True)

"""The forms of the public face. They check shape; whether it may be is for the operations."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.catalogue import queries as catalogue
from gulou.kit.words import clean
from gulou.providers import queries as providers

MAX_WORDS = 2000
_PHONE = re.compile(r"\+?[0-9][0-9 ()\-]{3,28}[0-9]")


class WordsField(forms.CharField):
    """What a person types: control characters and direction marks go, the rest stays as it is."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class ReportForm(forms.Form):
    """What the page of a report sends, but for the photos: those are staged apart."""

    client_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Open this form again."),
            "invalid": _("Open this form again."),
        },
    )
    photos = forms.Field(required=False, label=_("Photos"))
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    accuracy = WordsField(required=False)
    place_source = WordsField(required=False)
    place = WordsField(required=False, max_length=300, label=_("Where is it"))
    address = WordsField(
        required=False,
        max_length=200,
        label=_("Landmark or address"),
        help_text=_("A shop, a crossing, a house number: whatever helps to find the spot."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.IntegerField(
        required=True,
        label=_("What is it about"),
        error_messages={
            "required": _("Choose what it is about."),
            "invalid": _("Choose what it is about."),
        },
    )
    words = WordsField(
        required=False,
        max_length=MAX_WORDS,
        label=_("In your words"),
        help_text=_("What do you see? With a photo this can stay empty."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    name = WordsField(
        required=False, max_length=60, label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = WordsField(
        required=False, max_length=30, label=_("Your telephone"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    email = forms.EmailField(
        required=False, max_length=120, label=_("Your e-mail"),
        error_messages={"invalid": _("This is no e-mail address: it needs an @ and a domain.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    joins = forms.UUIDField(required=False)

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        if providers.in_use(providers.Code.SMS):
            told = _("To a mobile number we send by SMS what becomes of your report.")
            self.fields["phone"].help_text = told

    def clean_category(self) -> int:
        category_id = int(self.cleaned_data["category"])
        known = catalogue.category_refs().get(category_id)
        if known is None or known.parent_id is None or not known.active:
            raise forms.ValidationError(_("Choose what it is about."))
        return category_id

    def clean_phone(self) -> str:
        phone = str(self.cleaned_data["phone"])
        if phone and not _PHONE.fullmatch(phone):
            raise forms.ValidationError(
                _("This is no telephone number: digits, spaces and hyphens only.")
            )
        return phone

    def shown(self, name: str) -> str:
        """What a field holds, for controls that the page draws itself."""
        return clean(str(self[name].value() or ""))


class RatingForm(forms.Form):
    """Stars, and words if the reporter likes."""

    rating = forms.IntegerField(
        min_value=1,
        max_value=5,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Choose one to five stars.")
        ),
    )
    words = WordsField(
        required=False,
        max_length=MAX_WORDS,
        label=_("What should we know"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ObjectionForm(forms.Form):
    """What is still wrong."""

    words = WordsField(
        max_length=MAX_WORDS,
        label=_("What is still wrong"),
        error_messages={"required": _("Say what is still wrong.")},
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class LinkForm(forms.Form):
    """A tracking link, pasted."""

    link = WordsField(
        max_length=500,
        label=_("Your tracking link"),
        help_text=_("The whole address that was shown when you sent the report."),
        error_messages={"required": _("Paste the link that was shown when you sent the report.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-no-draft": ""}),
    )

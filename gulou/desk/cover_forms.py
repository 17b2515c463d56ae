"""The form of a picture's covers: those that stand may go, and a few more may be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gulou.photos.covers import CoverKind, Drawn
from gulou.photos.queries import KINDS_OF_COVER, CoverSeen

# How many can be added at once; after saving there is room for as many again.
NEW = 4
_SIDES = ("x", "y", "width", "height")


@dataclass(frozen=True)
class Row:
    """The fields of one cover to be drawn."""

    number: int
    kind: Any
    sides: list[Any]


class CoversForm(forms.Form):
    """Places are in percent of the picture's width and height, so that they can be typed."""

    def __init__(self, data: Any = None, *, standing: Sequence[CoverSeen]) -> None:
        super().__init__(data)
        self.label_suffix = ""
        self.standing = standing
        self.fields["remove"] = forms.TypedMultipleChoiceField(
            label=_("Take away"), coerce=int, required=False,
            choices=[(one.id, one.kind) for one in standing],
        )  # fmt: skip
        labels = (_("Left %"), _("Top %"), _("Width %"), _("Height %"))
        for number in range(1, NEW + 1):
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("What it is"), choices=KINDS_OF_COVER, required=False
            )
            for side, label in zip(_SIDES, labels, strict=True):
                self.fields[f"{side}_{number}"] = forms.FloatField(
                    label=label, min_value=0, max_value=100, required=False,
                    widget=forms.NumberInput(attrs={"step": "0.1", "min": 0, "max": 100}),
                )  # fmt: skip

    @property
    def rows(self) -> list[Row]:
        """The covers that can be drawn."""
        return [
            Row(n, self[f"kind_{n}"], [self[f"{side}_{n}"] for side in _SIDES])
            for n in range(1, NEW + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """Each new cover is whole or not there."""
        given: dict[str, Any] = self.cleaned_data
        for number in range(1, NEW + 1):
            sides = [given.get(f"{side}_{number}") for side in _SIDES]
            if any(side is not None for side in sides) and None in sides:
                self.add_error(f"x_{number}", _("Give all four numbers, or none."))
        if not self.errors and not self.drawn and not self.removed:
            self.add_error(None, _("Nothing is drawn and nothing is to be taken away."))
        return given

    @property
    def drawn(self) -> list[Drawn]:
        """The covers to add."""
        given, found = self.cleaned_data, []
        for number in range(1, NEW + 1):
            sides = [given.get(f"{side}_{number}") for side in _SIDES]
            parts = [side / 100 for side in sides if side is not None]
            if len(parts) == len(_SIDES):
                kind = CoverKind(given[f"kind_{number}"] or CoverKind.OTHER)
                found.append(Drawn(kind, (parts[0], parts[1], parts[2], parts[3])))
        return found

    @property
    def removed(self) -> list[int]:
        """The ids of the covers to take away."""
        return list(self.cleaned_data.get("remove") or ())

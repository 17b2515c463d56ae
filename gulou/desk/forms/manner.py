"""How somebody is told: for each kind and channel how soon; quiet hours; digests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gulou.notices import manners
from gulou.notices.channels import CHANNELS, Channel, open_channels
from gulou.notices.kinds import KINDS, Kind
from gulou.notices.manners import Rhythm
from gulou.notices.states import WEEKDAYS, When


@dataclass(frozen=True)
class GridRow:
    """One kind, and a choice for each channel."""

    kind: Kind
    choices: list[tuple[Channel, BoundField]]


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class MannerForm(forms.Form):
    """`chosen` says what holds now for a kind and a channel, `rhythm` when.

    It asks only for hours that a channel which is open can keep; the others stay as they are.
    """

    ahead = False
    """Whether hours are asked for before there is a channel."""

    quiet_from = _clock(gettext_lazy("Quiet from"))
    quiet_until = _clock(gettext_lazy("Quiet until"))
    quiet_days_off = forms.BooleanField(
        label=gettext_lazy("Also quiet on days off"), required=False,
        help_text=gettext_lazy("By the calendar of the unit. What is told meanwhile waits until the next working day."),
    )  # fmt: skip
    digest_hour = forms.TypedChoiceField(
        label=gettext_lazy("Digests come at"), coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )  # fmt: skip
    digest_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Those of the week on"), coerce=int, choices=list(enumerate(WEEKDAYS))
    )
    digest_skips_days_off = forms.BooleanField(
        label=gettext_lazy("No digests on days off"), required=False,
    )  # fmt: skip

    def __init__(self, data: Any = None, *, chosen: manners.Chosen, rhythm: Rhythm) -> None:
        quiet = rhythm.quiet
        on = quiet.begin != quiet.end
        super().__init__(data, label_suffix="", initial={
            "quiet_from": _time(quiet.begin) if on else None,
            "quiet_until": _time(quiet.end) if on else None,
            "quiet_days_off": quiet.days_off, "digest_hour": rhythm.digest_hour,
            "digest_weekday": rhythm.digest_weekday,
            "digest_skips_days_off": rhythm.digest_skips_days_off,
        })  # fmt: skip
        self.channels = open_channels()
        if not self.ahead:
            self._leave_out_idle_hours()
        for kind in KINDS.values():
            for channel in self.channels:
                whole = channel.digests and not kind.duty
                self.fields[_name(kind, channel)] = forms.ChoiceField(
                    label=channel.label, initial=chosen(kind, channel),
                    choices=[(one.value, one.label) for one in When
                             if whole or one in (When.NOW, When.NEVER)],
                )  # fmt: skip

    def _leave_out_idle_hours(self) -> None:
        digests = any(one.digests for one in self.channels)
        for name in manners.HOURS:
            if not (digests if name.startswith("digest") else self.channels):
                del self.fields[name]

    def grid(self) -> list[GridRow]:
        """The choices as rows."""
        return [
            GridRow(kind, [(one, self[_name(kind, one)]) for one in self.channels])
            for kind in KINDS.values()
        ]

    def rest(self) -> list[BoundField]:
        """The fields that stand alone."""
        return [self[name] for name in self.fields if "-" not in name and name not in _QUIET]

    def clean(self) -> dict[str, Any]:
        """Both ends of quiet hours, or neither."""
        given = super().clean() or {}
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            self.add_error("quiet_until", _("Say from when and until when, or leave both empty."))
        return given

    def manner(self, *, but: manners.Chosen, known: manners.Choices) -> Mapping[str, Any]:
        """What an operation takes: of the choices, those that differ from `but`; and those known of
        channels that are closed now, and are not on the page."""
        given = {name: self.initial[name] for name in manners.HOURS} | self.cleaned_data
        offered = {one.name for one in self.channels}
        by_kind = {
            kind: {name: when for name, when in some.items() if name not in offered}
            for kind, some in known.items()
        }
        for kind in KINDS.values():
            for channel in self.channels:
                when = given.pop(_name(kind, channel))
                if but(kind, channel) != when:
                    by_kind.setdefault(kind.code, {})[channel.name] = when
        for name in _QUIET:
            at = given[name]
            given[name] = at.hour * 60 + at.minute if at else 0
        return {**given, "by_kind": {kind: some for kind, some in by_kind.items() if some}}


_QUIET = ("quiet_from", "quiet_until")


class OfficeMannerForm(MannerForm):
    """How everybody is told who says nothing, and what nobody can choose."""

    ahead = True
    duty_channels = forms.MultipleChoiceField(
        label=gettext_lazy("By which channels duties are always told"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tasks given to a person, their deadlines, what is urged. The first of these that reaches the person tells them at once, whatever they chose. None: the first of all."),
    )  # fmt: skip
    urgent = forms.MultipleChoiceField(
        label=gettext_lazy("What breaks quiet hours"), required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.code, one.label) for one in KINDS.values()],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, chosen: manners.Chosen, rhythm: Rhythm) -> None:
        super().__init__(data, chosen=chosen, rhythm=rhythm)
        office, duty = manners.office(), self.fields["duty_channels"]
        assert isinstance(duty, forms.MultipleChoiceField)  # noqa: S101 our own form
        named = [CHANNELS[name] for name in office.duty_channels if name in CHANNELS]
        closed = [one for one in named if one not in self.channels]
        duty.choices = [(one.name, one.label) for one in [*self.channels, *closed]]
        self.initial.update(duty_channels=list(office.duty_channels), urgent=list(office.urgent))


def _name(kind: Kind, channel: Channel) -> str:
    return f"{kind.code}-{channel.name}"


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)

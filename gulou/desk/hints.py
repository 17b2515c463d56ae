"""The words of what pictures of handled work say of themselves: hints, never a verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.cases.queries import ALARMS, Examined, FindingSeen


@dataclass(frozen=True)
class Hint:
    """One line: what seems so, what it rests on, its icon; and the other case, if it may be opened."""

    what: str
    rests_on: str
    sign: str
    tone: str
    number: str


@dataclass(frozen=True)
class Beside:
    """A picture after handling beside the one from before, and what is to be said of them."""

    after: UUID
    before: UUID | None
    hints: list[Hint]
    faked: bool

    @property
    def alarming(self) -> bool:
        """Whether one of the hints says that something is wrong."""
        return any(hint.tone == "late" for hint in self.hints)


Said = Mapping[str, Any]


def _same_picture(said: Said) -> str:
    return _("%(percent)d %% of what both show is the same to the grain; no second picture is.") % {
        "percent": round(said["identical"] * 100)
    }


def _seen_before(said: Said) -> str:
    if said["bits"] == 0 and said["identical"] >= 1:
        return _("It is the same file or the same picture.")
    return _("%(percent)d %% of what both show is the same to the grain.") % {
        "percent": round(said["identical"] * 100)
    }


def _fits(said: Said) -> str:
    return _("%(inliers)d of %(matches)d features of the place fit one point of view.") % dict(said)


def _edited(said: Said) -> str:
    return _("The file names “%(editor)s”. Cropping or brightening leaves the same trace.") % dict(said)  # fmt: skip


def _copied(said: Said) -> str:
    return _("%(places)d spots are there twice, moved by one and the same way.") % dict(said)


def _far(said: Said) -> str:
    return ngettext(
        "The two places are %(metres)d m apart, beyond what both may err.",
        "The two places are %(metres)d m apart, beyond what both may err.",
        said["metres"],
    ) % dict(said)


def _earlier(said: Said) -> str:
    return ngettext(
        "The camera's clock says %(minutes)d minute earlier.",
        "The camera's clock says %(minutes)d minutes earlier.",
        said["minutes"],
    ) % dict(said)


def _no_place(_said: Said) -> str:
    return _("Pictures that went through a chat app lose both. It was not taken in our own camera view.")  # fmt: skip


def _camera(said: Said) -> str:
    return _("Picture %(n)d of its device; nothing was exchanged on the way. Any picture from files lacks this.") % dict(said)  # fmt: skip


def _gap(_said: Said) -> str:
    return _("The picture that its device took before has not come: deleted, or still on its way.")


_RESTS_ON: dict[str, tuple[Callable[[Said], str], str]] = {
    "same_picture": (_same_picture, "copy"),
    "seen_before": (_seen_before, "copy"),
    "edited": (_edited, "edit"),
    "copied": (_copied, "copy"),
    "far": (_far, "ruler-measure"),
    "earlier": (_earlier, "clock"),
    "other_view": (_fits, "eye-off"),
    "no_place": (_no_place, "photo-search"),
    "gap": (_gap, "photo-off"),
    "camera": (_camera, "camera-plus"),
    "same_view": (_fits, "eye-check"),
}


def beside(examined: list[Examined]) -> list[Beside]:
    """What stands on the record for who rechecks."""
    return [
        Beside(one.uid, one.before, [_hint(seen) for seen in one.findings], one.faked)
        for one in examined
    ]


def _hint(seen: FindingSeen) -> Hint:
    rests_on, sign = _RESTS_ON[seen.kind]
    tone = (
        "late"
        if seen.kind in ALARMS
        else "done"
        if seen.kind in ("same_view", "camera")
        else "waiting"
    )
    return Hint(str(seen.kind.label), rests_on(seen.measured), sign, tone, seen.number)

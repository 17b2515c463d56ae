"""How states look: a tone, an icon, a word. Presentation only; what a state means is not known here."""

from dataclasses import dataclass

TONES = ("waiting", "underway", "recheck", "done", "late")
ICON_OF_TONE = {
    "waiting": "clock",
    "underway": "tool",
    "recheck": "eye-check",
    "done": "circle-check",
    "late": "clock-exclamation",
    "": "point",
}


@dataclass(frozen=True)
class Look:
    """The tone and the icon of one state."""

    tone: str
    icon: str


LOOK_OF_STATE = {
    "received": Look("waiting", "inbox"),
    "filed": Look("waiting", "clipboard-check"),
    "dispatched": Look("underway", "send"),
    "handling": Look("underway", "tool"),
    "handled": Look("recheck", "eye-check"),
    "closed": Look("done", "circle-check"),
    "declined": Look("", "circle-x"),
    "redirected": Look("", "arrow-forward-up"),
    "merged": Look("", "arrow-merge"),
}


def look_of(state: str) -> Look:
    """The look of a state; an unknown one is plain."""
    return LOOK_OF_STATE.get(state, Look("", ICON_OF_TONE[""]))

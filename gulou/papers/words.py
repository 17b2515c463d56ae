"""Words for files that other programs open: nothing in them runs, breaks or turns around."""

import re

from django.utils.translation import gettext as _

from gulou.kit.words import clean
from gulou.people.queries import is_demonstration

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """For a document: without what XML forbids or what turns the direction of the rest."""
    return _FORBIDDEN.sub("", clean(text))


def shortened(text: str, most: int) -> str:
    """At most so many characters, an ellipsis at the end where some are missing."""
    text = plain(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def file_name(text: str) -> str:
    """For the name of a file on any system."""
    return re.sub(r'[\\/:*?"<>|\s]+', " ", plain(text)).strip(" .")[:80]


def mark() -> str:
    """What stands on every paper of the demonstration; "" elsewhere."""
    return _("Demonstration") if is_demonstration() else ""

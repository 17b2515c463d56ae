"""Places in a template that the case fills in. Pure."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import Invalid

# What each is, for who writes a template.
PLACEHOLDERS: Mapping[str, object] = {
    "number": _("number of the case"),
    "category": _("what it is about"),
    "place": _("street and community"),
    "unit": _("unit responsible"),
    "due": _("by when it is due"),
    "days": _("days since it was opened"),
    "today": _("today's date"),
}
_PLACE = re.compile(r"\{([^{}]*)\}")


def check(text: str) -> None:
    """Refuse a text with a placeholder that no case could fill."""
    for name in _PLACE.findall(text):
        if name not in PLACEHOLDERS:
            raise Invalid(
                "template.placeholder",
                _("There is no placeholder {%(name)s}. Use one of these: %(known)s")
                % {"name": name, "known": " ".join(f"{{{one}}}" for one in PLACEHOLDERS)},
                field="text",
            )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with what the case says in each place."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)

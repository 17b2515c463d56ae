"""What the pages of the catalogue share: histories, switches, what a form begins with."""

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from gulou.catalogue import history
from gulou.catalogue import queries as catalogue
from gulou.catalogue.queries import CategoryRef
from gulou.kit.errors import NotFound
from gulou.setup import frame
from gulou.setup.frame import Act, Link


def history_page(
    request: HttpRequest, title: str, names: Sequence[str], back: Link, **of: Any
) -> HttpResponse:
    """What happened to things of the catalogue."""
    changes = history.history(names, **of)
    return frame.history_page(request, title=title, changes=changes, room="catalogue", back=back)


def held_by(form: type[Form], thing: Any) -> dict[str, Any]:
    """What a thing holds now, for its form to begin with."""
    return {name: getattr(thing, name) for name in form.base_fields if hasattr(thing, name)}


def switch(off: str, on: str, *, active: bool, url: str) -> Act:
    """The act that takes a thing out of use, or brings it back."""
    sign = "archive" if active else "arrow-back-up"
    return Act(off if active else on, url, sign, posts=True, danger=active)


def category_with_id(category_id: int) -> CategoryRef:
    """One category of the current edition, or NotFound."""
    found = catalogue.category_refs().get(category_id)
    if found is None:
        raise NotFound("catalogue.no_such_category", _("There is no such category."))
    return found

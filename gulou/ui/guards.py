"""Every view says who may open it: `@public`, `@signed_in` or `@needs("case.read")`.

The guard is the coarse rule at the door. What the reader may see of a thing, and do to it, is
decided by the query and the operation behind it. tests/arch walks every address of the house and
fails on a view without a guard, so a new page cannot be left open by accident.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from gulou.kit.errors import NotAllowed

MARK = "access_rule"
View = Callable[..., HttpResponseBase]


def public(view: View) -> View:
    """Anybody may open this, signed in or not."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Who is not signed in is sent to sign in first."""
    return _marked(login_required(view), "signed in")


def needs(verb: str) -> Callable[[View], View]:
    """Only who holds `verb` somewhere, through a posting; others get 403 with the reason."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _units_where()(request.user, verb):
                raise NotAllowed(
                    "access.no_posting",
                    _("None of your postings opens this page. Ask the office whom it belongs to."),
                )
            return view(request, *args, **kwargs)

        return _marked(login_required(guarded), verb)

    return guard


def rule_of(view: Any) -> str:
    """The guard that a view carries, "" for none."""
    return str(getattr(view, MARK, ""))


def _marked(view: View, rule: str) -> View:
    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    setattr(marked, MARK, rule)
    return marked


@cache
def _units_where() -> Callable[[Any, str], Any]:
    """Who holds what where is a higher floor's knowledge; the settings name it."""
    found: Callable[[Any, str], Any] = import_string(settings.UNITS_WHERE)
    return found

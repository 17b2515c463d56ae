"""What came of a file of cases, in sentences."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gulou.cases.states import State

from .taking import Outcome


def sentences(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """The whole summary: counts first, then what was made, the ground, and what was refused."""
    yield ngettext("%(count)d line read.", "%(count)d lines read.", outcome.lines) % {
        "count": outcome.lines
    }
    yield _("%(added)d added, %(same)d here before, %(rejected)d not taken.") % {
        "added": outcome.added, "same": outcome.same, "rejected": outcome.rejected.total(),
    }  # fmt: skip
    for state, count in outcome.states.most_common():
        yield f"  {State(state).label}: {count}"
    yield from _made(outcome)
    for level, told in outcome.agreement.items():
        if told.compared:
            yield _("%(level)s: the ground agrees with the file in %(share).2f %% of %(count)d.") % {
                "level": level, "share": 100 * told.agree / told.compared, "count": told.compared,
            }  # fmt: skip
    if outcome.rejected:
        yield _("Not taken:")
        for reason, count in outcome.rejected.most_common():
            yield f"  {count} × {reason}"
    if dry_run:
        yield _("This was a dry run: nothing was written.")


def _made(outcome: Outcome) -> Iterator[str]:
    for level, names in outcome.made.areas.items():
        yield _("Areas made on level %(level)s: %(count)d (%(some)s)") % {
            "level": level, "count": len(names), "some": _some(names),
        }  # fmt: skip
    if outcome.made.units:
        yield _("Units made: %(count)d (%(some)s)") % {
            "count": len(outcome.made.units), "some": _some(outcome.made.units),
        }  # fmt: skip
    if outcome.made.categories:
        yield _("Categories made: %(count)d") % {"count": outcome.made.categories}


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")

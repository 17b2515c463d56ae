"""How public figures are written: "<5" for a small number, "5+" for one that would give it away."""

from django import template
from django.utils.translation import gettext as _

from gulou.cases.figures import COUNTS, FEWEST, Line

register = template.Library()
_DAYS_FROM = 72


@register.simple_tag
def figure(line: Line, name: str) -> str:
    """One figure of a line in words."""
    value = getattr(line, name)
    if value is None:
        few = f"<{FEWEST}" if name in line.few else f"{FEWEST}+"
        return few if name in COUNTS else "–"
    if name == "on_time":
        return _("%(n)s %%") % {"n": f"{100 * value:.1f}"}
    if name == "hours":
        return hours_span(value)
    return f"{value:.1f}" if name == "stars" else plain_number(value)


@register.filter
def hours_span(hours: float) -> str:
    """Hours as 26.4 小时, from three days on as 4.2 天."""
    if hours >= _DAYS_FROM:
        return _("%(n)s days") % {"n": f"{hours / 24:.1f}"}
    return _("%(n)s hours") % {"n": f"{hours:.1f}"}


@register.filter
def plain_number(n: int) -> str:
    """1,234."""
    return f"{n:,}"


@register.filter
def unlocalized(n: float) -> str:
    """A number as SVG reads it."""
    return f"{n:g}"

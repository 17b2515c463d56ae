"""Filters of the setup pages."""

from typing import Any

from django import template
from django.forms import BoundField, Select

register = template.Library()


@register.filter
def is_group(label: Any) -> bool:
    """Whether a choice is a group of choices."""
    return isinstance(label, list | tuple)


LONG = 15
"""From so many choices on, a list is easier to search than to scroll."""


@register.filter
def is_long(bound: BoundField) -> bool:
    """Whether a field is a list of so many choices that a box to narrow it helps."""
    widget = bound.field.widget
    if not isinstance(widget, Select) or widget.allow_multiple_selected:
        return False
    many = 0
    for _value, label in widget.choices:
        many += len(label) if isinstance(label, list | tuple) else 1
        if many >= LONG:
            return True
    return False

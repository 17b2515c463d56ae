"""Filters of the setup pages."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def is_group(label: Any) -> bool:
    """Whether a choice is a group of choices."""
    return isinstance(label, list | tuple)

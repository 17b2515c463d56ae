"""What the sign-in page needs to know."""

from typing import Any

from django import template

from gulou.people import queries

register = template.Library()


@register.simple_tag
def demo_logins() -> list[Any]:
    """Who can sign in to the demonstration; nobody where it is not loaded."""
    return queries.demo_logins()

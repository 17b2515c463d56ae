"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The names and marks that every page carries."""
    return {"demo": settings.GULOU.demo}

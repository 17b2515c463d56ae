"""What the web server calls."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gulou.config.settings")
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django's answer. What is not a stream is given in one list, which granian sends as it is;
    anything else it asks for piece by piece."""
    answer: Any = _django(environ, start_response)
    if answer.streaming:
        return answer  # type: ignore[no-any-return]  # the stubs know no WSGI handler's answer
    try:
        return [answer.content]
    finally:
        answer.close()

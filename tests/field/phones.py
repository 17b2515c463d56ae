"""A phone: the client of the field app's tests, with or without a session."""

import json
from typing import Any

from django.test import Client

from gulou.kit import clock
from gulou.people.adapter import SEEN_AT, SIGNED_IN_AT
from gulou.people.models import User

PULL, ME, MINE = "/field/api/pull", "/field/api/me", "/field/api/mine"


def a_phone(user: User | None = None, *, language: str = "en", **more: Any) -> Client:
    """A phone that holds the CSRF token, as the app does after `me`."""
    headers = {"Accept": "application/json", "Accept-Language": language}
    client = Client(headers=headers, enforce_csrf_checks=True, **more)
    if user is not None:
        client.force_login(user)
        session = client.session
        session[SEEN_AT] = session[SIGNED_IN_AT] = clock.now().timestamp()
        session.save()
    client.defaults["HTTP_X_CSRFTOKEN"] = client.get(ME).json()["csrf"]
    return client


def send(client: Client, url: str, content: Any, **more: Any) -> Any:
    """What the app posts."""
    return client.post(url, json.dumps(content), content_type="application/json", **more)


def pull(client: Client, cursor: str = "") -> Any:
    """What the app pulls."""
    answer = client.get(PULL, {"cursor": cursor})
    assert answer.status_code == 200, answer.content
    return answer.json()

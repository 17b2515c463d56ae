"""Browsers that are signed in as somebody of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from gulou.kit import clock
from gulou.people.adapter import SEEN_AT, SIGNED_IN_AT
from gulou.people.models import User

SignedIn = Callable[[User], Client]


@pytest.fixture
def as_user() -> SignedIn:
    """A client that is signed in as this person."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="gulou.people.backend.Backend")
        session = client.session
        session[SEEN_AT] = session[SIGNED_IN_AT] = clock.now().timestamp()
        session.save()
        return client

    return sign_in

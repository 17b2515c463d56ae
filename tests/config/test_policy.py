"""What pages may load."""

from typing import Any

import pytest
from django.test import Client

from gulou.config.policy import content_policy


def test_nothing_but_our_own_is_loaded() -> None:
    rules = content_policy()["DIRECTIVES"]
    assert rules["connect-src"] == ["'self'"]
    assert not [one for sources in rules.values() for one in map(str, sources) if "http" in one]


@pytest.mark.django_db
def test_the_server_of_the_base_map_may_be_asked(client: Client, settings: Any) -> None:
    settings.CONTENT_SECURITY_POLICY = content_policy("https://maps.example:8443/s/style.json?k=1")
    told = client.get("/track/")["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in told.split(";"))
    assert "https://maps.example:8443" in rules["connect-src"].split()
    assert "https://maps.example:8443" in rules["img-src"].split()
    assert "https://maps.example" not in rules["script-src"]

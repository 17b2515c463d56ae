"""What the web server gets from Django."""

from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.urls import path

from gulou.config import wsgi

pytestmark = pytest.mark.django_db

urlpatterns = [
    path("whole/", lambda request: HttpResponse("all of it")),
    path("stream/", lambda request: StreamingHttpResponse(iter(["one ", "two"]))),
]


def _asked(where: str) -> Any:
    environ = RequestFactory().get(where).environ
    return wsgi.application(environ, lambda status, headers: None)


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_whole_answer_comes_as_one_list_and_its_request_is_over() -> None:
    over: list[Any] = []

    def finished(**_: Any) -> None:
        over.append(1)

    request_finished.connect(finished)
    try:
        assert _asked("/whole/") == [b"all of it"]
    finally:
        request_finished.disconnect(finished)
    assert over == [1]


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
def test_a_stream_is_made_while_it_is_sent() -> None:
    answer = _asked("/stream/")
    assert not isinstance(answer, list)
    assert list(answer) == [b"one ", b"two"]
    answer.close()

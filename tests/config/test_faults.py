"""Pages for the day when something broke."""

import errno
from typing import Any

import psycopg
import pytest
from django.core.exceptions import DisallowedHost
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path

from gulou.config import faults
from gulou.ui.guards import public


def _raise(error: Exception) -> Any:
    @public
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


def _full() -> OperationalError:
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull("could not extend file")
    return error


urlpatterns = [
    path("gone/", _raise(OperationalError("connection refused"))),
    path("closed/", _raise(InterfaceError("the connection is closed"))),
    path("full/", _raise(OSError(errno.ENOSPC, "No space left on device"))),
    path("full-database/", _raise(_full())),
    path("broken/", _raise(ZeroDivisionError())),
    path("host/", _raise(DisallowedHost("evil"))),
    path("", include("gulou.config.urls")),
]
handler400 = "gulou.config.faults.malformed"
handler403 = "gulou.config.faults.forbidden"
handler404 = "gulou.config.faults.missing"
handler500 = "gulou.config.faults.broken"

# No database mark on most of these: a page that asked for it would fail the test.
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "english", "chinese"),
    [
        ("/gone/", 503, "cannot reach its records", "无法读写数据"),
        ("/closed/", 503, "cannot reach its records", "无法读写数据"),
        ("/full/", 507, "no room left", "存储空间已满"),
        ("/full-database/", 507, "no room left", "存储空间已满"),
        ("/broken/", 500, "went wrong on our side", "出了点问题"),
    ],
)
def test_a_fault_says_what_happened_in_both_languages(
    visitor: Client, address: str, status: int, english: str, chinese: str
) -> None:
    answer = visitor.get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert english in page
    assert chinese in page
    assert "Your browser has kept what you typed" in page
    assert answer["Cache-Control"] == "no-store"


def test_who_asks_for_json_gets_json(visitor: Client) -> None:
    answer = visitor.get("/gone/", headers={"accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "fault.database"
    assert answer["Retry-After"] == "15"


def test_its_style_is_allowed_by_the_policy_of_the_page(visitor: Client) -> None:
    answer = visitor.get("/gone/")
    nonce = answer.content.decode().split('nonce="')[1].split('"')[0]
    assert nonce
    assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]


def test_a_strange_host_is_answered_without_a_page_of_ours(visitor: Client) -> None:
    answer = visitor.get("/healthz", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "cannot be understood" in answer.content.decode()


@pytest.mark.django_db
def test_too_much_at_once_is_told_in_numbers(visitor: Client) -> None:
    body = {"draft": "d" * 43, "file": SimpleUploadedFile("p.jpg", b"x")}
    answer = visitor.post("/report/photos/", body, CONTENT_LENGTH=str(201 * 1024 * 1024))
    assert answer.status_code == 413
    assert "200 MB together" in answer.content.decode()


@pytest.mark.django_db
def test_a_lost_page_is_404_and_shows_the_way_on(visitor: Client) -> None:
    answer = visitor.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_kindly() -> None:
    answer = Client(enforce_csrf_checks=True).post("/healthz")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "what you typed is still there" in page
    assert "only reloading would empty the form" in page


@pytest.mark.django_db
def test_healthz_says_ok() -> None:
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_cause_deep_inside_is_found() -> None:
    outer = ValueError()
    outer.__cause__ = OperationalError()
    assert faults.fault_of(outer) is faults.DATABASE_GONE
    assert faults.fault_of(ValueError()) is faults.BROKEN


def test_a_fault_page_asks_nothing_of_the_database(rf: RequestFactory) -> None:
    assert faults.show(rf.get("/"), faults.DATABASE_GONE).status_code == 503

"""Registers as workbooks on pages: out, a dry run, its report, confirmation, passwords once."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gulou.people.models import Unit, User
from gulou.sheets.models import Sheet
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.sheets.conftest import book

pytestmark = pytest.mark.django_db

UNIT = ["编码", "类型", "名称"]


def upload(client: Client, code: str, file: BytesIO) -> Any:
    given = SimpleUploadedFile("单位.xlsx", file.getvalue())
    return client.post(reverse("setup:sheet_upload", args=[code]), {"file": given}, follow=True)


def test_every_register_is_offered_to_who_holds_its_verb(
    cast: Cast, kinds: Kinds, boss: User, keeper: Client, as_user: SignedIn
) -> None:
    mine = {"units", "people", "postings", "places", "areas"}
    theirs = {"categories", "rules", "places", "areas"}
    for client, codes in ((as_user(boss), mine), (keeper, theirs)):
        listed = client.get(reverse("setup:sheets")).text
        for code in mine | theirs:
            page = reverse("setup:sheet_register", args=[code])
            assert (page in listed) == (code in codes)
            assert client.get(page).status_code == (200 if code in codes else 404)
            for name in ("sheet_content", "sheet_template"):
                answer = client.get(reverse(f"setup:{name}", args=[code]))
                assert answer.status_code == (200 if code in codes else 404)
                if code in codes:
                    file = BytesIO(b"".join(answer))
                    assert openpyxl.load_workbook(file).worksheets
                    assert answer["Cache-Control"] == "private, no-store"


def test_who_manages_nothing_opens_nothing(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.lin)
    assert client.get(reverse("setup:sheets")).status_code == 403
    assert client.get(reverse("setup:sheet_content", args=["units"])).status_code == 404
    assert upload(client, "units", book([UNIT])).status_code == 404


def test_lists_lead_to_their_register(cast: Cast, boss: User, as_user: SignedIn) -> None:
    for name in ("units", "people", "postings"):
        page = as_user(boss).get(reverse(f"setup:{name}")).text
        assert reverse("setup:sheet_register", args=[name]) in page


def test_a_file_is_tried_confirmed_and_then_changes_nothing(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    file = book([UNIT, ["X", "部门", "甲局"], ["W", "街镇", "新街道"]])
    report = upload(client, "units", file)
    assert "Apply 2 rows" in report.text
    assert "单位W" in report.text and "新街道" in report.text
    assert not Unit.objects.filter(code="X").exists()
    uid = Sheet.objects.get().uid
    done = client.post(reverse("setup:sheet_apply", args=[uid]), follow=True)
    assert "Every change stands in the history" in done.text
    assert Unit.objects.filter(code="X").exists()
    assert "There is nothing to do" in upload(client, "units", file).text


def test_mistakes_are_listed_and_nothing_is_offered(
    cast: Cast, boss: User, as_user: SignedIn
) -> None:
    client = as_user(boss)
    report = upload(client, "units", book([UNIT, ["X", "星球", "甲局"]])).text
    assert "There is no “星球”." in report
    assert "sheet_apply" not in report and "Apply" not in report
    client.post(reverse("setup:sheet_discard", args=[Sheet.objects.get().uid]))
    assert not Sheet.objects.exists()


def test_nothing_chosen_and_no_table_are_told(cast: Cast, boss: User, as_user: SignedIn) -> None:
    client = as_user(boss)
    answer = client.post(reverse("setup:sheet_upload", args=["units"]))
    assert answer.status_code == 422 and "Choose a file first." in answer.text
    assert "This is a PDF" in upload(client, "units", BytesIO(b"%PDF-1.7")).text


def test_first_passwords_are_shown_once(cast: Cast, boss: User, as_user: SignedIn) -> None:
    client = as_user(boss)
    upload(
        client, "people", book([["登录名", "姓名", "角色", "单位"], ["ye", "叶一", "reader", "W"]])
    )
    uid = Sheet.objects.get().uid
    assert (
        "Show them once" in client.post(reverse("setup:sheet_apply", args=[uid]), follow=True).text
    )
    shown = client.post(reverse("setup:sheet_passwords", args=[uid]))
    assert "叶一" in shown.text and shown["Cache-Control"] == "private, no-store"
    assert client.post(reverse("setup:sheet_passwords", args=[uid])).status_code == 404
    assert "Show them once" not in client.get(reverse("setup:sheet", args=[uid])).text


def test_nobody_opens_the_file_of_another(
    cast: Cast, boss: User, clerk: User, as_user: SignedIn
) -> None:
    upload(as_user(boss), "units", book([UNIT, ["X", "部门", "甲局"]]))
    uid = Sheet.objects.get().uid
    client = as_user(clerk)
    assert client.get(reverse("setup:sheet", args=[uid])).status_code == 404
    for name in ("apply", "again", "discard", "passwords"):
        assert client.post(reverse(f"setup:sheet_{name}", args=[uid])).status_code == 404


def test_a_long_file_waits_for_the_worker(cast: Cast, boss: User, as_user: SignedIn) -> None:
    rows = [[f"X{n}", "部门", f"第{n}局"] for n in range(301)]
    page = upload(as_user(boss), "units", book([UNIT, *rows])).text
    assert "every 1s" in page and "errand-bar" in page

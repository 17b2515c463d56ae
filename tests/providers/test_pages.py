"""The pages of providers and their log: what they show, to whom, and what they never show."""

from gulou.people.models import User
from gulou.providers.models import Missive, Provider
from gulou.providers.turns import Line
from tests.conftest import Cast
from tests.desk.conftest import SignedIn
from tests.providers.conftest import tell_all
from tests.providers.smsc import NUMBER, Centre

GIVEN = {"host": "127.0.0.1", "system_id": "gulou", "password": "geheim1", "signature": "鼓楼文明办",
         "sender_type": "0-0", "prefix": "86", "per_number": "5", "per_day": "2000",
         "per_second": "10", "quiet_from": "21:00", "quiet_to": "08:00", "tells": ["received"]}  # fmt: skip


def test_sms_is_set_up_tried_taken_back_and_never_shows_its_password(
    cast: Cast, admin: User, mender: User, as_user: SignedIn, centre: Centre, line: Line
) -> None:
    client, page = as_user(admin), "/setup/providers/sms/"
    given = {**GIVEN, "port": str(centre.port)}
    assert "Not set up" in client.get("/setup/providers/").content.decode()
    wrong = client.post(page, {**given, "port": "0"})
    assert wrong.status_code == 422 and "鼓楼文明办" in wrong.content.decode()
    assert "geheim1" not in wrong.content.decode()
    assert client.post(page, given).status_code == 302
    assert client.post(f"{page}switch/").status_code == 302
    assert client.post(f"{page}try/", {"to": "123"}).status_code == 422
    assert client.post(f"{page}try/", {"to": NUMBER}).status_code == 302
    tell_all()
    assert len(centre.texts()) == 1
    assert client.post(page, {**given, "password": "", "per_day": "7"}).status_code == 302
    assert Provider.objects.get().settings["per_day"] == 7
    seen = client.get(page).content.decode() + client.get(f"{page}history/").content.decode()
    assert "geheim1" not in seen and NUMBER not in seen and "Password" in seen
    changed = Provider.objects.get().head_sequence
    event = seen.split("/setup/undo/providers/")[1].split("/")[0]
    client.post(f"/setup/undo/providers/{event}/")
    provider = Provider.objects.get()
    assert provider.settings["per_day"] == 2000 and provider.head_sequence == changed + 1
    log = as_user(mender).get("/desk/sent/?channel=by-sms").content.decode()
    assert "Trial message" in log and NUMBER not in log


def test_what_was_set_aside_is_sent_again_from_the_log(
    cast: Cast, admin: User, mender: User, as_user: SignedIn, centre: Centre, line: Line
) -> None:
    client = as_user(admin)
    client.post("/setup/providers/sms/", {**GIVEN, "port": str(centre.port)})
    client.post("/setup/providers/sms/switch/")
    cast.lin.phone = NUMBER
    cast.lin.save(update_fields=["phone"])
    missive = Missive.objects.create(
        provider=Provider.objects.get(), what="staff", user=cast.lin, title="R", key="k",
        at=cast.lin.date_joined, due_at=cast.lin.date_joined, set_aside_at=cast.lin.date_joined,
        error="smpp-11",
    )  # fmt: skip
    log = "/desk/sent/?channel=by-sms&state=failed"
    assert "does not know this number" in as_user(mender).get(log).content.decode()
    again = f"/desk/sent/missives/{missive.pk}/again/"
    assert as_user(cast.lin).post(again).status_code == 403
    assert as_user(mender).post(again).status_code == 302
    tell_all()
    assert centre.texts() == ["【鼓楼文明办】R"]


def test_who_may_not_gets_to_no_provider(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.lin)
    for page in ("", "sms/", "sms/history/", "sms/try/"):
        assert client.get(f"/setup/providers/{page}").status_code == 403
    assert client.post("/setup/providers/sms/switch/").status_code == 403

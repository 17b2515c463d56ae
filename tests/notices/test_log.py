"""The delivery log and the pages of group robots: who reads them, what they show, what they never do."""

from dataclasses import replace
from typing import Any

from gulou.cases.operations import ContactDetails
from gulou.cases.states import State
from gulou.notices import operations
from gulou.notices.models import Parcel, Robot
from gulou.outbox.models import Event
from gulou.people.models import User
from tests.conftest import Cast, Kinds
from tests.desk.conftest import SignedIn
from tests.factories.cases import a_case
from tests.factories.people import PostingFactory, RoleFactory
from tests.notices.test_robots import a_robot, tell_all
from tests.notices.wecom import KEY, WeCom


def test_a_robot_is_set_up_tried_and_never_shows_its_key(
    cast: Cast, admin: User, as_user: SignedIn, stand_in: WeCom
) -> None:
    client = as_user(admin)
    given = {"name": "东街", "address": KEY, "tells": ["opened"], "form": "card"}
    wrong = client.post("/setup/robots/new/", {**given, "address": "http://evil.example/"})
    assert wrong.status_code == 422 and "东街" in wrong.content.decode()
    assert client.post("/setup/robots/new/", given).status_code == 302
    robot = Robot.objects.get()
    page = f"/setup/robots/{robot.uid}/"
    assert KEY not in client.get(page).content.decode()
    client.post(f"{page}try/")
    tell_all()
    assert "东街" in stand_in.heard("text")[0]["text"]["content"]
    assert client.post(page, {**given, "address": "", "name": "东街二群"}).status_code == 302
    robot.refresh_from_db()
    assert robot.name == "东街二群" and "东街二群" in client.get("/setup/robots/").content.decode()
    history = client.get("/setup/robots/history/").content.decode()
    assert "东街二群" in history and KEY not in history
    client.post(f"{page}switch/")
    robot.refresh_from_db()
    assert robot.retired_at is not None


def test_what_was_changed_of_a_robot_is_taken_back_but_never_its_key(
    cast: Cast, admin: User, as_user: SignedIn
) -> None:
    robot, client = a_robot(admin), as_user(admin)

    def undo() -> int:
        event = Event.objects.filter(subject_uid=robot.uid).latest("id")
        status = client.post(f"/setup/undo/notices/{event.pk}/").status_code
        robot.refresh_from_db()
        return status

    operations.set_robot(robot, {"name": "东街二群", "form": "text"}, by=admin)
    undo()
    assert (robot.name, robot.form) == ("东街随手拍", "card")
    operations.switch_robot(robot, by=admin)
    undo()
    assert robot.retired_at is None
    operations.set_robot(robot, {"address": KEY[::-1]}, by=admin)
    assert undo() == 404
    assert "/setup/undo/" not in client.get("/setup/robots/history/").content.decode()


def test_who_manages_a_street_reads_no_history_of_robots(cast: Cast, as_user: SignedIn) -> None:
    role = RoleFactory.create(verbs=["catalogue.manage"], reaches_below=True)
    person = PostingFactory.create(unit=cast.street, role=role).user
    assert as_user(person).get("/setup/robots/history/").status_code == 403


def test_who_may_not_gets_to_no_robot(cast: Cast, as_user: SignedIn) -> None:
    client = as_user(cast.lin)
    for page in ("/setup/robots/", "/setup/robots/new/", "/desk/sent/"):
        assert client.get(page).status_code == 403


def test_the_log_says_why_and_sends_again(
    cast: Cast, kinds: Kinds, admin: User, mender: User, as_user: SignedIn, stand_in: WeCom
) -> None:
    a_robot(admin)
    stand_in.keys.clear()
    case = a_case(cast, kinds.rubbish)
    tell_all()
    parcel = Parcel.objects.get()
    assert as_user(cast.lin).post(f"/desk/sent/{parcel.pk}/again/").status_code == 403
    client = as_user(mender)
    page = client.get("/desk/sent/?state=failed").content.decode()
    assert case.number in page and "WeCom does not know this robot" in page
    stand_in.keys.add(KEY)
    assert client.post(f"/desk/sent/{parcel.pk}/again/").status_code == 302
    tell_all()
    assert "does not know" not in client.get("/desk/sent/").content.decode()
    assert len(stand_in.heard()) == 1


def test_the_record_shows_what_its_groups_were_told(
    cast: Cast, kinds: Kinds, admin: User, mender: User, as_user: SignedIn, stand_in: WeCom
) -> None:
    a_robot(admin, name="西街群")
    case = a_case(cast, kinds.rubbish)
    tell_all()
    assert "西街群" in as_user(cast.guo).get(f"/desk/cases/{case.number}/").content.decode()


def test_the_log_of_mail_names_no_address(
    cast: Cast, kinds: Kinds, mender: User, as_user: SignedIn, settings: Any
) -> None:
    settings.GULOU = replace(settings.GULOU, email_url="smtp://mail.example.org")
    contact = ContactDetails(email="wang@example.org")
    case = a_case(cast, kinds.rubbish, state=State.DISPATCHED, contact=contact)
    client = as_user(mender)
    page = client.get("/desk/sent/?channel=mail&state=waiting").content.decode()
    assert case.number in page and "To the reporter: received" in page and "wang@" not in page

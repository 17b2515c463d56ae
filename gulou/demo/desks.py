"""What lies on the desks of the demonstration today: views, texts, questions, what is followed."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from gulou.cases import queries as seen
from gulou.cases.models import Case
from gulou.cases.states import State
from gulou.kit import clock
from gulou.people.models import User
from gulou.workbench import operations as workbench
from gulou.workbench.operations import saving

from .house import House
from .pictures import picture

TEMPLATES = (
    ("不予立案：未发现问题", "decline", "您好，我们于{today}到{place}核查，未发现您反映的问题。如再次出现，欢迎随手拍告诉我们。"),
    ("结案：已办结", "close", "您好，您反映的{category}（案卷{number}）已由{unit}处置完毕，现场核查合格。感谢您的监督。"),
    ("公开备注：正在办理", "note", "您好，您反映的{category}已转{unit}办理，预计{due}前完成。"),
    ("催办", "note", "案卷{number}自立案已{days}天，请{unit}抓紧办理并反馈进度。"),
    ("维持原结论", "uphold", "您好，我们再次到{place}核实，反映的问题已处置到位，维持原办理结论。"),
)  # fmt: skip
PRIVATE = ("约时间看现场", "", "您好，我是区文明委工作人员，想与您约个时间一起看一下现场。")
# Who looks back at what, by the login; shared with everybody where the last is true.
VIEWS = (
    ("guo", "超时未结", "late=1&sort=due", True), ("guo", "有异议的", "objected=1", False),
    ("guo", "待派遣", "state=filed&sort=due", False),
    ("wu", "热线转来的", "source=hotline&all=1", False), ("he", "待核查", "state=handled&sort=due", False),
    ("lin", "我街道超时", "late=1", False),
)  # fmt: skip


def furnish_desks(house: House) -> None:
    """Everything that is no case, through the real operations."""
    user = {one.username: one for one in User.objects.filter(username__in=_LOGINS)}
    for title, move, text in TEMPLATES:
        workbench.set_template(
            by=user["admin"], title=title, text=text, language="zh-hans", move=move
        )
    title, move, text = PRIVATE
    workbench.set_template(
        by=user["guo"], title=title, text=text, language="zh-hans", move=move, own=True
    )
    for login, name, query, everybody in VIEWS:
        saving.save_view(by=user[login], name=name, query=query, everybody=everybody)
    _forward(user["su"])
    _follow(user)
    _ask(user)


_LOGINS = ("guo", "su", "lin", "ye", "hu", "chen", "he", "tang", "gao", "wu", "admin")


def _forward(clerk: User) -> None:
    """Pictures from a chat group that wait for the desk to make reports of them."""
    with clock.at(clock.now() - timedelta(minutes=18)):
        for n, (kind, words) in enumerate(
            (("stall", "群里转来：小学门口又摆摊了"), ("cables", "书记转来的，请登记"))
        ):
            data = picture(kind, n, stage="before", dim=True)
            file = SimpleUploadedFile(f"wx{n}.jpg", data, "image/jpeg")
            workbench.take_pictures([file], by=clerk, words=words)


def _follow(user: dict[str, User]) -> None:
    for login, most in (("ye", 4), ("gao", 5), ("wu", 3), ("guo", 3)):
        for case in _open(user[login])[:most]:
            workbench.follow_case(case, by=user[login])


def _ask(user: dict[str, User]) -> None:
    """Questions among colleagues that nobody has answered yet."""
    for by, to, words in (
        ("lin", "guo", "这处边界不清，请明确由哪个街道牵头"), ("guo", "lin", "反映人又来电话了，今天能办结吗"),
        ("gao", "ye", "请街道本周内看一下现场"), ("guo", "chen", "请增加一次收运，明天检查组经过"),
        ("he", "guo", "照片和现场对不上，请协调补拍"),
    ):  # fmt: skip
        common = [case for case in _open(user[by]) if _sees(user[to], case)]
        if common:
            workbench.note_and_mention(common[0], by=user[by], words=words, people=[user[to]])


def _open(user: User) -> list[Case]:
    """Open cases that wait for work, the oldest first."""
    waiting = seen.cases_seen_by(user).filter(state__in=[State.DISPATCHED, State.HANDLING])
    return list(waiting.order_by("opened_at")[:12])


def _sees(user: User, case: Case) -> bool:
    return seen.cases_seen_by(user).filter(pk=case.pk).exists()

"""What a group reads of a case, and what stands in the delivery log: never a word of who reported."""

from collections.abc import Sequence
from io import BytesIO

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageDraw, ImageFont, ImageOps

from gulou.cases.queries import Poster
from gulou.catalogue.imprint import imprint
from gulou.kit import clock
from gulou.providers import words as provider_words
from gulou.ui.times import day_and_hour

from . import wecom
from .states import Form, What
from .wecom import Message

_REASONS = {
    "no-wecom": gettext_lazy("No WeCom user is known of this person"),
    "no-number": gettext_lazy("No mobile number is known of this person"),
    "timeout": gettext_lazy("No answer in time"),
    "unreachable": gettext_lazy("The provider cannot be reached"),
    "garbage": gettext_lazy("The answer makes no sense"),
    "broken": gettext_lazy("It could not be put into words or pictures"),
    "restricted": gettext_lazy("Not sent: the case has become restricted"),
    "hidden": gettext_lazy("Not sent: the person does not see the case any more"),
    "merged": gettext_lazy("Not sent: the case was merged into another"),
    "retired": gettext_lazy("Not sent: the robot is no longer in use"),
    "read": gettext_lazy("Not sent: it was read in the inbox before"),
    "left": gettext_lazy("Not sent: the person has left"),
    "stale": gettext_lazy("Not sent: it could not be sent for days, and stands in the inbox"),
    "no-address": gettext_lazy("There is no address any more"),
    "mail-recipient": gettext_lazy("The mail server refuses the address"),
    "mail-SMTPSenderRefused": gettext_lazy("The mail server refuses our sender"),
    "mail-SMTPDataError": gettext_lazy("The mail server refuses the message"),
    "mail-SMTPAuthenticationError": gettext_lazy("The mail server refuses our password"),
    "push-gone": gettext_lazy("Not sent: the device takes no notices any more"),
    "push-413": gettext_lazy("The push service finds it too long"),
    "push-401": gettext_lazy("The push service does not accept our key"),
    "push-403": gettext_lazy("The push service does not accept our key"),
    "sealed": gettext_lazy("The robot's address cannot be read: enter it again"),
    "wecom-93000": gettext_lazy("WeCom does not know this robot: its address is wrong or it was removed"),
    "wecom-93004": gettext_lazy("The robot was stopped in its group"),
    "wecom-93008": gettext_lazy("WeCom lets this robot speak from certain addresses only, and ours is not among them"),
    "wecom-45009": gettext_lazy("Too many messages: it goes on in a minute"),
    "wecom-45033": gettext_lazy("Too many messages: it goes on in a minute"),
    "wecom--1": gettext_lazy("WeCom is busy"),
}  # fmt: skip


_MAILS = {
    "acknowledge": gettext_lazy("To the reporter: received"),
    "tell_progressed": gettext_lazy("To the reporter: dispatched or handled"),
    "tell_answered": gettext_lazy("To the reporter: there is an answer"),
    "tell_combined": gettext_lazy("To the reporter: handled together with another"),
    "tell_written": gettext_lazy("To the reporter: the office wrote"),
}


def mail(reaction: str) -> str:
    """What a mail is, by the label of its reaction."""
    name = reaction.rpartition(".")[2]
    return str(_MAILS.get(name, name))


_MAIL_FAULTS = {
    "SMTPRecipientsRefused": gettext_lazy("The mail server refuses the address"),
    "SMTPSenderRefused": gettext_lazy("The mail server refuses our sender"),
    "SMTPDataError": gettext_lazy("The mail server refuses the message"),
    "SMTPAuthenticationError": gettext_lazy("The mail server refuses our password"),
    "SMTPServerDisconnected": gettext_lazy("The mail server broke off"),
    "TimeoutError": gettext_lazy("No answer in time"),
    "ConnectionRefusedError": gettext_lazy("The mail server cannot be reached"),
    "gaierror": gettext_lazy("The mail server cannot be reached"),
}


def why_not_mailed(error: str) -> str:
    """What stood in the way of a mail, by the name of the error that the outbox noted."""
    return str(_MAIL_FAULTS.get(error, error))


def why(code: str) -> str:
    """What a code of failure means."""
    if code in _REASONS:
        return str(_REASONS[code])
    if code.startswith("http-"):
        return _("The provider has a fault (HTTP %(code)s)") % {"code": code[5:]}
    if code.startswith("push-"):
        return _("The push service refuses it (HTTP %(code)s)") % {"code": code[5:]}
    if code.startswith("wecom-"):
        return _("WeCom refuses it (error %(code)s)") % {"code": code[6:]}
    return provider_words.why(code)


def single(what: str, poster: Poster, form: str) -> Message:
    """One thing about one case."""
    title, link = _title(what, poster), _link(poster)
    if form == Form.CARD:
        return wecom.card(
            source=imprint().name, title=title, words=poster.number, rows=_rows(poster), url=link,
            button=_("Open the case"),
        )  # fmt: skip
    lines = [f"{name}：{value}" for name, value in [(_("Number"), poster.number), *_rows(poster)]]
    if form == Form.NEWS:
        return wecom.news([wecom.Article(title, "\n".join(lines), link)])
    if form == Form.TEXT:
        return wecom.text("\n".join([title, *lines, link]))
    quoted = "\n".join(f"> {_plain(line)}" for line in lines)
    return wecom.markdown(f"**{_plain(title)}**\n{quoted}\n[{_('Open the case')}]({link})")


def several(told: Sequence[tuple[str, Poster]], form: str) -> tuple[Message, int]:
    """As many as one message holds, numbered, and how many these are."""
    if form == Form.NEWS:
        some = told[: wecom.MOST_ARTICLES]
        articles = [
            wecom.Article(
                f"{n}. {_title(what, poster)}", f"{poster.number}\n{_where_and_when(poster)}",
                _link(poster),
            )
            for n, (what, poster) in enumerate(some, start=1)
        ]  # fmt: skip
        return wecom.news(articles), len(some)
    plain = form == Form.TEXT
    most = wecom.TEXT_BYTES if plain else wecom.MARKDOWN_BYTES
    head = _("%(n)d messages about cases")
    lines: list[str] = []
    for n, (what, poster) in enumerate(told, start=1):
        words = f"{_title(what, poster)} {poster.number}"
        line = f"{n}. {words} · {_where_and_when(poster)}\n{_link(poster)}"
        if not plain:
            where = _plain(_where_and_when(poster))
            line = f"{n}. [{_plain(words)}]({_link(poster)})\n> {where}"
        # The head grows by its number: some bytes are left for it.
        if lines and sum(len(x.encode()) + 1 for x in [head, *lines, line]) > most - 8:
            break
        lines.append(line)
    body = "\n".join([head % {"n": len(lines)}, *lines])
    return wecom.text(body) if plain else wecom.markdown(body), len(lines)


def trial(robot_name: str) -> Message:
    """What the office sends to see whether it works."""
    said = _("Trial message: “%(robot)s” works. New cases of its area appear here.")
    return wecom.text(said % {"robot": robot_name})


_TILE = (480, 360)


def sheet(pictures: Sequence[tuple[int, bytes]]) -> bytes:
    """Several pictures as one JPEG, each with the number of its line."""
    columns = 1 if len(pictures) == 1 else 2 if len(pictures) <= 4 else 3
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * _TILE[0], rows * _TILE[1]), "white")
    pen, font = ImageDraw.Draw(whole), ImageFont.load_default(36)
    for place, (number, data) in enumerate(pictures):
        left, top = place % columns * _TILE[0], place // columns * _TILE[1]
        with Image.open(BytesIO(data)) as one:
            whole.paste(ImageOps.pad(one.convert("RGB"), _TILE, color="white"), (left, top))
        pen.rectangle((left, top, left + 64, top + 52), fill="white")
        pen.text((left + 32, top + 26), str(number), fill="black", font=font, anchor="mm")
    file = BytesIO()
    whole.save(file, "JPEG", quality=80)
    return file.getvalue()


def _title(what: str, poster: Poster) -> str:
    return _("%(what)s: %(category)s") % {"what": What(what).label, "category": poster.category}


def _rows(poster: Poster) -> list[tuple[str, str]]:
    due = [(_("Due"), _due(poster))] if poster.due_at else []
    return [(_("Place"), poster.place), *due, (_("Unit"), poster.unit)]


def _where_and_when(poster: Poster) -> str:
    due = [_("due %(due)s") % {"due": _due(poster)}] if poster.due_at else []
    return " · ".join([poster.place, *due, poster.unit])


def _due(poster: Poster) -> str:
    return day_and_hour(poster.due_at, now=clock.now()) if poster.due_at else ""


def _link(poster: Poster) -> str:
    return f"{settings.GULOU.public_url}/desk/cases/{poster.number}/"


def _plain(words: str) -> str:
    """Words in which markdown finds no marks."""
    return words.translate({ord(mark): " " for mark in "[]*`<>\n"})

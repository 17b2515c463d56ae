"""What a message says, and what a code of failure means. Nothing a provider said is repeated."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .states import What

_REASONS = {
    "timeout": gettext_lazy("No answer in time"),
    "unreachable": gettext_lazy("The provider cannot be reached"),
    "garbage": gettext_lazy("The answer makes no sense"),
    "broken": gettext_lazy("It could not be put into words"),
    "sealed": gettext_lazy("The secrets of the provider cannot be read: enter them again"),
    "hidden": gettext_lazy("Not sent: the person does not see the case any more"),
    "closed": gettext_lazy("Not sent: the provider is not in use"),
    "not-in-use": gettext_lazy("Waits until the provider is in use again, for two days at most"),
    "stale": gettext_lazy("Not sent: it waited too long"),
    "erased": gettext_lazy("Not sent: the contact was erased or changed"),
    "silenced": gettext_lazy("Not sent: this number wants no SMS"),
    "quiet": gettext_lazy("Waits for the morning"),
    "number-full": gettext_lazy("Waits for tomorrow: enough went to this number today"),
    "day-full": gettext_lazy("Waits for tomorrow: enough was sent today"),
    "app-nobody": gettext_lazy("WeCom knows no such user, or the application may not write to them"),
    "app-unlicensed": gettext_lazy("WeCom has no licence for this user"),
    "app-member-full": gettext_lazy("Enough was sent to this person this minute: it goes on"),
    "app-40001": gettext_lazy("WeCom refuses the secret of the application"),
    "app-40013": gettext_lazy("WeCom does not know this company id"),
    "app-40056": gettext_lazy("WeCom does not know this application id"),
    "app-45009": gettext_lazy("Too many messages: it goes on in a moment"),
    "app-45033": gettext_lazy("Too many messages: it goes on in a moment"),
    "app-60020": gettext_lazy("WeCom takes messages from trusted addresses only, and ours is not among them"),
    "app--1": gettext_lazy("WeCom is busy"),
    "mp-gone": gettext_lazy("They follow the account no longer, or want none of these messages"),
    "mp-40013": gettext_lazy("WeChat does not know this AppID"),
    "mp-40125": gettext_lazy("WeChat refuses the AppSecret"),
    "mp-40164": gettext_lazy("WeChat takes questions from listed addresses only, and ours is not among them"),
    "mp-40037": gettext_lazy("WeChat does not know this template"),
    "mp-47003": gettext_lazy("The fields do not fit the template"),
    "mp-48001": gettext_lazy("This account may not send such messages"),
    "mp-45009": gettext_lazy("Too many messages today: it goes on later"),
    "mp--1": gettext_lazy("WeChat is busy"),
    "smpp-11": gettext_lazy("The SMS centre does not know this number"),
    "smpp-13": gettext_lazy("The SMS centre does not let us in"),
    "smpp-14": gettext_lazy("The SMS centre refuses the password"),
    "smpp-15": gettext_lazy("The SMS centre does not know the system id"),
    "smpp-20": gettext_lazy("Too many messages: it goes on in a moment"),
    "smpp-88": gettext_lazy("Too many messages: it goes on in a moment"),
    "smpp-UNDELIV": gettext_lazy("It did not reach the telephone"),
    "smpp-EXPIRED": gettext_lazy("The telephone was off for too long"),
    "smpp-REJECTD": gettext_lazy("The network refused it"),
    "smpp-DELETED": gettext_lazy("The network dropped it"),
    "smpp-UNKNOWN": gettext_lazy("Nobody knows whether it arrived"),
}  # fmt: skip


def why(code: str) -> str:
    """What a code of failure means."""
    if code in _REASONS:
        return str(_REASONS[code])
    if code.startswith("http-"):
        return _("The provider has a fault (HTTP %(code)s)") % {"code": code[5:]}
    if code.startswith("app-"):
        return _("WeCom refuses it (error %(code)s)") % {"code": code[4:]}
    if code.startswith("mp-"):
        return _("WeChat refuses it (error %(code)s)") % {"code": code[3:]}
    if code.startswith("smpp-"):
        return _("The SMS centre refuses it (error %(code)s)") % {"code": code[5:]}
    return code


def to_reporter(what: str, receipt: str) -> str:
    """One sentence about a report; its private link follows it."""
    said = {
        What.RECEIVED: _("We have your report %(receipt)s. Follow it here:"),
        What.DISPATCHED: _("Your report %(receipt)s was passed to the unit in charge. Follow it here:"),
        What.HANDLED: _("Your report %(receipt)s is said to be done and is being checked. See it here:"),
        What.ENDED: _("Your report %(receipt)s has an answer. Read it and rate it here:"),
        What.WRITTEN: _("The office wrote to you about your report %(receipt)s. Read it here:"),
        What.COMBINED: _("Your report %(receipt)s is handled together with another. Follow both here:"),
    }  # fmt: skip
    return said[What(what)] % {"receipt": receipt}


def trial() -> str:
    """What the office sends to see whether it works."""
    return _("Trial message: it works.")


def open_it() -> str:
    """The button of a card, at most four characters."""
    return _("Open it")[:4]


def private_link(token: str) -> str:
    """The page of one report, for who has the link."""
    return f"{settings.GULOU.public_url}/t/{token}/"


def welcome() -> str:
    """To who has just followed the account."""
    return _("Thank you for following us.") + "\n" + how_to_ask()


def how_to_ask() -> str:
    """How one reports, and how one finds a report again."""
    here = {"link": f"{settings.GULOU.public_url}/report/"}
    follow = _("To follow a report: send its receipt number and the last six digits of the telephone you left with it, or its tracking link.")  # fmt: skip
    return _("To report a problem: %(link)s") % here + "\n" + follow


def ask_digits() -> str:
    """A number alone opens nothing."""
    return _(
        "Send the last six digits of the telephone you left with this report, or its tracking link: the number alone opens nothing, because numbers can be guessed."
    )


def no_match() -> str:
    """The same, whether there is no such report or it is somebody else's."""
    return _(
        "Nothing fits that. Look at the receipt number and the digits again, or send the tracking link."
    )


def too_many_tries() -> str:
    """Guessing has an end."""
    return _("Too many tries today. Send the tracking link, or call the office.")


def let_go() -> str:
    """No more news."""
    return _("You get no more news here. Your tracking links still work.")


def here_it_is(receipt: str, link: str, *, follows: bool) -> str:
    """The private link."""
    given = {"receipt": receipt, "link": link}
    said = _("Your report %(receipt)s, keep the link to yourself: %(link)s") % given
    if not follows:
        return said
    return said + "\n" + _("We tell you here how it goes on; send “退订” to stop.")

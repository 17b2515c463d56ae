"""Sending SMS: whom, in which words, how many a day, at which hour, and what became of each."""

from collections import deque
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import override

from gulou.cases import queries as cases
from gulou.kit import clock
from gulou.kit.outgoing import Unanswered
from gulou.kit.sealing import unseal

from . import smpp, words
from .at_hand import ProviderRef
from .models import Missive, Silenced, Taken
from .queries import digest_of, wants_none
from .smpp import Receipt, Refused, Reply, Session
from .states import SENDER_TYPES, Code, What, mobile, quiet_until, wish
from .turns import Failed, NotNow

_SECOND = timedelta(seconds=1)
_A_MOMENT = timedelta(seconds=5)
_FAILED_STATES = frozenset({"UNDELIV", "EXPIRED", "REJECTD", "DELETED"})


class Sms:
    """Bound with one SMS centre as long as it is in use."""

    code = Code.SMS.value

    def __init__(self) -> None:
        self._session: Session | None = None
        self._lately: deque[datetime] = deque(maxlen=500)

    def tend(self, ref: ProviderRef) -> None:
        """Be bound, and take in receipts and replies."""
        try:
            self._bound(ref).tend()
        except (Refused, Unanswered) as error:
            raise _failure(error) from None

    def send(self, ref: ProviderRef, missive: Missive) -> None:
        """Hand it to the centre, part by part; what was handed over already is not again."""
        number, said = self._composed(ref, missive)
        digest = digest_of(number)
        self._check(ref, missive, number)
        if missive.to_digest != digest:
            Missive.objects.filter(pk=missive.pk).update(to_digest=digest)
        parts = smpp.parts_of(said)
        kind = SENDER_TYPES[ref.settings["sender_type"]]
        to, to_type = ref.settings["prefix"] + number, (1 if ref.settings["prefix"] else 0, 1)
        for n, part in enumerate(parts[missive.parts :], start=missive.parts + 1):
            self._pace(ref)
            place = (missive.pk % 256, len(parts), n) if len(parts) > 1 else None
            try:
                remote = self._bound(ref).submit(
                    source=ref.settings["sender"], source_type=kind, to=to, to_type=to_type,
                    words=part, place=place,
                )  # fmt: skip
            except Refused as refused:
                if refused.too_fast:
                    wait = clock.now() + _A_MOMENT
                    raise NotNow(wait, f"smpp-{refused.status}", everything=True) from None
                raise _failure(refused) from None
            except Unanswered as error:
                raise _failure(error) from None
            Missive.objects.filter(pk=missive.pk).update(parts=F("parts") + 1)
            if remote:
                Taken.objects.create(missive_id=missive.pk, remote_id=remote)

    def close(self) -> None:
        """Unbind."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _bound(self, ref: ProviderRef) -> Session:
        told = ref.settings
        try:
            password = ref.secret("password")
        except ValueError:
            raise Failed("sealed", down=True) from None
        centre = smpp.Centre(
            told["host"], told["port"], told["tls"], told["system_id"], password,
            told["system_type"],
        )  # fmt: skip
        if self._session is not None and self._session.centre != centre:
            self.close()
        if self._session is None:
            self._session = Session(centre, _heard)
        return self._session

    def _pace(self, ref: ProviderRef) -> None:
        """Not more in a second than was agreed."""
        now, most = clock.now(), ref.settings["per_second"]
        if len(self._lately) >= most and self._lately[-most] > now - _SECOND:
            raise NotNow(self._lately[-most] + _SECOND, everything=True)
        self._lately.append(now)

    def _composed(self, ref: ProviderRef, missive: Missive) -> tuple[str, str]:
        """The number it goes to, and the whole text. Raises Failed where nobody is there any more."""
        opt_out, language, number, said = "", settings.LANGUAGE_CODE, "", ""
        if missive.what == What.TRIED and missive.sealed_to is not None:
            number = unseal(missive.sealed_to)
        elif missive.user is not None:
            number, language = mobile(missive.user.phone), missive.user.language or language
            said = f"{missive.title} {missive.link}".strip()
            if not missive.user.is_active:
                number = ""
            if missive.case is not None:
                theirs = cases.cases_seen_by(missive.user).filter(pk=missive.case.pk)
                if not theirs.exists():
                    raise Failed("hidden", for_good=True)
        elif missive.report is not None:
            reached = cases.caller_of_report(missive.report.uid)
            if reached is not None:
                number, language = mobile(reached.phone), reached.language or language
                with override(language):
                    said = f"{words.to_reporter(missive.what, reached.receipt)} {words.private_link(reached.token)}"
                opt_out = ref.settings["opt_out"]
        if not number:
            raise Failed("erased", for_good=True)
        if missive.what == What.TRIED:
            said = words.trial()
        ending = f" {opt_out}" if opt_out else ""
        return number, f"【{ref.settings['signature']}】{said}{ending}"

    def _check(self, ref: ProviderRef, missive: Missive, number: str) -> None:
        """Whether it may go now. Raises NotNow, Failed."""
        if missive.parts:
            return
        if wants_none(number):
            raise Failed("silenced", for_good=True)
        local = timezone.localtime(clock.now())
        if missive.report_id is not None and missive.what != What.RECEIVED:
            morning = quiet_until(local, ref.settings["quiet_from"], ref.settings["quiet_to"])
            if morning is not None:
                raise NotNow(morning, "quiet")
        if missive.user_id is not None:
            # Staff has to know of its duties: the ceilings are for what residents are told.
            return
        today = local.replace(hour=0, minute=0, second=0, microsecond=0)
        tomorrow = (today + timedelta(days=1, hours=9)).replace(minute=missive.pk % 60)
        sent = Missive.objects.filter(sent_at__gte=today)
        if sent.filter(to_digest=digest_of(number)).count() >= ref.settings["per_number"]:
            raise NotNow(tomorrow, "number-full")
        if sent.filter(provider_id=ref.id).count() >= ref.settings["per_day"]:
            raise NotNow(tomorrow, "day-full")


def _failure(error: Refused | Unanswered) -> Failed:
    if isinstance(error, Unanswered):
        return Failed(error.code, down=True)
    down = error.binding or error.later
    return Failed(f"smpp-{error.status}", for_good=not down, down=down)


def _heard(told: Receipt | Reply) -> None:
    if isinstance(told, Reply):
        _answered(told)
    else:
        _arrived(told)


def _answered(reply: Reply) -> None:
    """Somebody wants no more messages, or messages again. Nothing else that they say is kept."""
    number, no_more = mobile(reply.number), wish(reply.words)
    if not number or no_more is None:
        return
    if no_more:
        one = Silenced(digest=digest_of(number), since=clock.now())
        Silenced.objects.bulk_create([one], ignore_conflicts=True)
    else:
        Silenced.objects.filter(pk=digest_of(number)).delete()


def _arrived(receipt: Receipt) -> None:
    """Note what became of a part: the whole has arrived when all of it has."""
    exact = Taken.objects.filter(remote_id=receipt.remote_id)
    alike = Taken.objects.filter(remote_id__in=_same(receipt.remote_id))
    taken = exact.order_by("-id").first() or alike.order_by("-id").first()
    if taken is None:
        return
    now = clock.now()
    mine = Missive.objects.filter(pk=taken.missive_id)
    if receipt.state == "DELIVRD":
        Taken.objects.filter(pk=taken.pk).update(arrived_at=now)
        if not Taken.objects.filter(missive_id=taken.missive_id, arrived_at=None).exists():
            mine.update(arrived_at=now)
    elif receipt.state in _FAILED_STATES:
        # Maybe its other parts are still being handed over.
        mine.filter(set_aside_at=None).update(
            sent_at=None, set_aside_at=now, error=f"smpp-{receipt.state}"
        )


def _same(remote_id: str) -> set[str]:
    """The ways in which centres write one id: some count it in hexadecimal first, decimal later."""
    found = {remote_id, remote_id.lower(), remote_id.upper()}
    if remote_id.isascii() and remote_id.isdigit():
        value = int(remote_id)
        found |= {f"{value:x}", f"{value:X}", f"{value:08x}", f"{value:08X}", str(value)}
    try:
        value = int(remote_id, 16)
    except ValueError:
        return found
    return found | {str(value), f"{value:010d}"}

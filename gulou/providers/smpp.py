"""SMPP 3.4: one bound session with an SMS centre. The protocol alone; smpplib reads and writes PDUs.

Chinese goes as UCS-2: 70 characters in one message, else parts of 67 behind a header that says
which part of which whole each is (UDH, concatenation with an 8-bit reference).
"""

import re
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from smpplib import exceptions, smpp

from gulou.kit.outgoing import Deadline, Unanswered

SECONDS = 10.0
"""How long the centre may take for one answer, and for connecting and binding together."""
QUIET_SECONDS = 30.0
"""After so long without a word it is asked whether it is there."""
_MOST_BYTES = 16 * 1024
_WHOLE, _PART = 70, 67
_UCS2, _UDH, _RECEIPT = 8, 0x40, 0x04


@dataclass(frozen=True)
class Refused(Exception):
    """The centre answered no: `status` as in SMPP, `binding` when it did not let us in."""

    status: int
    binding: bool = False

    @property
    def too_fast(self) -> bool:
        """Throttled, or its queue is full."""
        return self.status in (0x14, 0x58)

    @property
    def later(self) -> bool:
        """Whether it may say yes another time: its own faults, not those of the message."""
        return self.status in (0x08, 0x45, 0x64, 0xFE, 0xFF) or self.too_fast


@dataclass(frozen=True)
class Centre:
    """Where the centre is, and how it knows us."""

    host: str
    port: int
    tls: bool
    system_id: str
    password: str
    system_type: str = ""


@dataclass(frozen=True)
class Receipt:
    """What became of a message, as the centre tells it: DELIVRD, UNDELIV, EXPIRED, REJECTD …"""

    remote_id: str
    state: str


@dataclass(frozen=True)
class Reply:
    """A message that a telephone sent to us."""

    number: str
    words: str


def parts_of(words: str) -> list[str]:
    """The words in messages of one telephone screen: whole, or in parts of at most 67 units."""
    if _units(words) <= _WHOLE:
        return [words]
    parts, part = [], ""
    for one in words:
        if _units(part) + _units(one) > _PART:
            parts.append(part)
            part = ""
        part += one
    return [*parts, part]


def _units(words: str) -> int:
    return len(words.encode("utf-16-be", "replace")) // 2


class _Numbers:
    """The sequence numbers of one session."""

    def __init__(self) -> None:
        self.sequence = 0

    def next_sequence(self) -> int:
        self.sequence = self.sequence % 0x7FFFFFFF + 1
        return self.sequence


class Session:
    """Bound with a centre, both ways. `heard` is called with every receipt and every reply, before
    the centre is told that we have it."""

    def __init__(self, centre: Centre, heard: Callable[[Receipt | Reply], None]) -> None:
        """Connects and binds. Raises Unanswered, Refused."""
        self.centre, self._heard, self._numbers = centre, heard, _Numbers()
        self._unread, self._begun = b"", 0.0
        try:
            with Deadline(SECONDS) as deadline:
                self._line = deadline.connect(centre.host, centre.port, silence=SECONDS)
                if centre.tls:
                    tls = ssl.create_default_context()
                    self._line = tls.wrap_socket(self._line, server_hostname=centre.host)
        except TimeoutError:
            raise Unanswered("timeout") from None
        except OSError:
            raise Unanswered("unreachable") from None
        self._last = time.monotonic()
        answer = self._ask(
            "bind_transceiver", system_id=centre.system_id, password=centre.password,
            system_type=centre.system_type, interface_version=0x34,
        )  # fmt: skip
        if answer.status:
            self.close()
            raise Refused(answer.status, binding=True)

    def submit(
        self, *, source: str, source_type: tuple[int, int], to: str, to_type: tuple[int, int],
        words: str, place: tuple[int, int, int] | None = None,
    ) -> str:  # fmt: skip
        """Hand over one message, or one part of one: `place` is reference, parts, which part.

        The centre's own id of it. Raises Unanswered, Refused.
        """
        data = words.encode("utf-16-be", "replace")
        if place is not None:
            data = struct.pack(">BBBBBB", 5, 0, 3, *place) + data
        answer = self._ask(
            "submit_sm", source_addr=source, source_addr_ton=source_type[0],
            source_addr_npi=source_type[1], destination_addr=to, dest_addr_ton=to_type[0],
            dest_addr_npi=to_type[1], data_coding=_UCS2, esm_class=_UDH if place else 0,
            registered_delivery=1, short_message=data,
        )  # fmt: skip
        if answer.status:
            raise Refused(answer.status)
        return _text(answer.message_id)

    def tend(self) -> None:
        """Take what the centre has to say; ask whether it is there when it was quiet for long.
        Raises Unanswered."""
        while True:
            found = self._next(time.monotonic() + 0.001, patient=False)
            if found is None:
                break
            self._take(found)
        if time.monotonic() - self._last > QUIET_SECONDS:
            self._ask("enquire_link")

    def close(self) -> None:
        """Say goodbye, and go whatever the answer is."""
        with suppress(Unanswered):
            self._send(smpp.make_pdu("unbind", client=self._numbers))
        self._line.close()

    def _ask(self, command: str, **given: Any) -> Any:
        asked = smpp.make_pdu(command, client=self._numbers, **given)
        self._send(asked)
        until = time.monotonic() + SECONDS
        while True:
            found = self._next(until, patient=True)
            if found.sequence == asked.sequence and found.command == f"{command}_resp":
                return found
            if found.command == "generic_nack" and found.sequence in (asked.sequence, 0):
                raise Refused(found.status or 0xFF, binding=command.startswith("bind"))
            self._take(found)

    def _send(self, pdu: Any) -> None:
        try:
            self._line.settimeout(SECONDS)
            self._line.sendall(pdu.generate())
        except TimeoutError:
            raise Unanswered("timeout") from None
        except OSError:
            raise Unanswered("unreachable") from None

    def _next(self, until: float, *, patient: bool) -> Any:
        """The next PDU; None when there is none yet and nobody waits for it."""
        while (pdu := self._cut()) is None:
            left = until - time.monotonic()
            if left <= 0:
                late = self._unread and time.monotonic() - self._begun > SECONDS
                if patient or late:
                    raise Unanswered("timeout")
                return None
            try:
                self._line.settimeout(left)
                more = self._line.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                raise Unanswered("unreachable") from None
            if not more:
                raise Unanswered("unreachable")
            self._begun = self._begun if self._unread else time.monotonic()
            self._unread += more
        self._last = time.monotonic()
        return pdu

    def _cut(self) -> Any:
        """The first whole PDU of what was read, if there is one."""
        if len(self._unread) < 4:
            return None
        length = int.from_bytes(self._unread[:4], "big")
        if not 16 <= length <= _MOST_BYTES:
            raise Unanswered("garbage")
        if len(self._unread) < length:
            return None
        data, self._unread = self._unread[:length], self._unread[length:]
        try:
            found = smpp.parse_pdu(data, client=self._numbers, allow_unknown_opt_params=True)
        except (exceptions.UnknownCommandError, exceptions.PDUError, struct.error, ValueError,
                TypeError, IndexError, KeyError, AttributeError):  # fmt: skip
            raise Unanswered("garbage") from None
        if found is None:
            raise Unanswered("garbage")
        return found

    def _take(self, found: Any) -> None:
        """What comes unasked."""
        answer = ""
        if found.command == "enquire_link":
            answer = "enquire_link_resp"
        elif found.command == "deliver_sm":
            told = _told(found)
            if told is not None:
                self._heard(told)
            answer = "deliver_sm_resp"
        elif found.command == "unbind":
            answer = "unbind_resp"
        if answer:
            pdu = smpp.make_pdu(answer, client=self._numbers)
            pdu.sequence = found.sequence
            self._send(pdu)
        if found.command == "unbind":
            raise Unanswered("unreachable")


_STATES = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD",
           7: "UNKNOWN", 8: "REJECTD"}  # fmt: skip
_ID = re.compile(r"\bid:(\S+)", re.IGNORECASE)
_STATE = re.compile(r"\bstat:([A-Z]+)", re.IGNORECASE)


def _told(pdu: Any) -> Receipt | Reply | None:
    """A receipt or a reply; None where it makes no sense."""
    data: bytes = pdu.short_message or getattr(pdu, "message_payload", None) or b""
    if not (pdu.esm_class or 0) & _RECEIPT:
        if (pdu.esm_class or 0) & _UDH and data:
            data = data[data[0] + 1 :]
        coding = "utf-16-be" if pdu.data_coding == _UCS2 else "latin-1"
        return Reply(_text(pdu.source_addr), data.decode(coding, "replace").strip())
    said = data.decode("latin-1")
    remote = _text(getattr(pdu, "receipted_message_id", None))
    state = _STATES.get(getattr(pdu, "message_state", None) or 0, "")
    if not remote and (found := _ID.search(said)):
        remote = found[1]
    if found := _STATE.search(said):
        state = found[1].upper()
    return Receipt(remote, state) if remote and state else None


def _text(data: bytes | str | None) -> str:
    if isinstance(data, bytes):
        data = data.decode("latin-1")
    return (data or "").strip("\0 ")[:65]

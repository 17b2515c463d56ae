"""Telling by web push: what a browser shows though no page of ours is open.

RFC 8030 (the service), 8291 (encrypted for the browser alone: the service reads nothing), 8292
(signed with our own key). The office names the services to which anything may be handed.
"""

import base64
import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from py_vapid import Vapid02

from gulou.kit import clock
from gulou.kit.compiled import Compiled
from gulou.kit.errors import Invalid, NotFound, TooMany
from gulou.kit.outgoing import post_bytes
from gulou.kit.sealing import keyed_digest, seal, unseal
from gulou.outbox.record import record
from gulou.people.devices import device_in_words
from gulou.people.models import User

from .facts import DeviceAdded, DeviceRemoved
from .models import Device, PushKey
from .post import Gone, Note, Outlet, Reach, Recipient, Refused, Slower, Unanswered

MOST_DEVICES = 10
_LIVES_SECONDS = 24 * 60 * 60
_SIGNED_FOR_SECONDS = 12 * 60 * 60
_LONGEST_WAIT = 60 * 60
_LONGEST_ADDRESS, _LONGEST_TITLE = 1000, 300
_DONE = frozenset({200, 201, 202})
_GONE = frozenset({404, 410})
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/[!-\[\]-~]*")


def is_open() -> bool:
    """Whether the office has named a service."""
    return bool(settings.GULOU.push_services)


def outlets(persons: Collection[User]) -> Reach:
    """The devices of each."""
    found: dict[int, list[Outlet]] = {}
    for person_id, pk, service in _of([one.pk for one in persons]):
        found.setdefault(person_id, []).append(Outlet(str(pk), service))
    return found


@Compiled
def _of(person_ids: list[int]) -> QuerySet[Any, Any]:
    rows = Device.objects.filter(person_id__any=person_ids, ended_at=None).order_by("pk")
    return rows.values_list("person_id", "pk", "service")


def send(to: Recipient, note: Note) -> None:
    """Hand one notice to the service of a device. Raises Gone, Refused, Slower, Unanswered."""
    device = Device.objects.filter(pk=to.ref, person=to.person, ended_at=None).first()
    if device is None:
        raise Gone("push-gone")
    try:
        place = _Place(**json.loads(unseal(device.sealed)))
        private = unseal(_key().sealed_private)
    except ValueError:
        raise Refused("sealed") from None
    if not _is_named(place.endpoint):
        raise Refused("push-service")
    headers = {
        **_signed(place.endpoint, private), "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream", "TTL": str(_LIVES_SECONDS),
        "Urgency": "high" if note.urgent else "normal",
        # Tried again, it takes the place of the one before.
        "Topic": _base64(hashlib.sha256(note.key.encode()).digest())[:32],
    }  # fmt: skip
    status, later = post_bytes(place.endpoint, _encrypted(note, place), headers=headers)
    if status in _DONE:
        return
    if status in _GONE:
        _end(device, "gone")
        raise Gone("push-gone")
    if status == 429:
        raise Slower(min(int(later), _LONGEST_WAIT) if later.isdigit() else 60)
    if status >= 500:
        raise Unanswered(f"http-{status}")
    raise Refused(f"push-{status}")


@dataclass(frozen=True)
class _Place:
    """Where a browser is reached, and its keys, as it gave them (base64url)."""

    endpoint: str
    p256dh: str
    auth: str


def _encrypted(note: Note, place: _Place) -> bytes:
    told = {"title": note.title[:_LONGEST_TITLE], "url": note.url, "tag": note.key}
    sealed: bytes = http_ece.encrypt(
        json.dumps(told, ensure_ascii=False).encode(), version="aes128gcm",
        private_key=ec.generate_private_key(ec.SECP256R1()), dh=_bytes(place.p256dh),
        auth_secret=_bytes(place.auth),
    )  # fmt: skip
    return sealed


def _signed(endpoint: str, private: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}", "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
        "exp": int(clock.now().timestamp()) + _SIGNED_FOR_SECONDS,
    }  # fmt: skip
    found: dict[str, str] = Vapid02.from_pem(private.encode()).sign(claims)
    return {"Authorization": found["Authorization"]}


def public_key() -> str:
    """What a browser is told so that it takes notices from us alone (base64url). Made once."""
    return _key().public


def _key() -> PushKey:
    found = PushKey.objects.first()
    return found if found is not None else _made()


def _made() -> PushKey:
    made = Vapid02()
    made.generate_keys()
    raw = made.public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    row = PushKey(public=_base64(raw), sealed_private=seal(made.private_pem().decode()))
    # Whoever comes second takes what the first has made.
    PushKey.objects.bulk_create([row], ignore_conflicts=True)
    return PushKey.objects.get()


@dataclass(frozen=True)
class DeviceSeen:
    """A device of the reader, in words."""

    id: int
    words: str
    service: str
    since: Any


def devices_of(person: User) -> list[DeviceSeen]:
    """The person's devices, the newest first."""
    found = Device.objects.filter(person=person, ended_at=None).order_by("-since", "-pk")
    return [DeviceSeen(o.pk, device_in_words(o.agent), o.service, o.since) for o in found]


@transaction.atomic
def add_device(*, by: User, endpoint: str, p256dh: str, auth: str, agent: str) -> Device:
    """A browser takes notices for this person from now on; if it did for another, for them no more.

    Raises Invalid for what no browser gives, or a service that the office has not named; TooMany.
    """
    place = _checked(endpoint, p256dh, auth)
    User.objects.select_for_update().get(pk=by.pk)
    digest = keyed_digest(place.endpoint)
    known = Device.objects.select_for_update().filter(digest=digest).first()
    others = Device.objects.filter(person=by, ended_at=None).exclude(digest=digest)
    if others.count() >= MOST_DEVICES:
        raise TooMany("device.too_many", _("You have ten devices. Remove one first."))
    if known is not None and known.ended_at is None and known.person_id != by.pk:
        known = _end(known, "another")
    device = known or Device(digest=digest)
    renewed = device.ended_at is None and device.person_id == by.pk
    device.person, device.agent, device.ended_at = by, agent[:300], None
    device.service, device.sealed = _service(place.endpoint), seal(json.dumps(vars(place)))
    device.since = device.since if renewed else clock.now()
    device.save()
    if not renewed:
        fact = DeviceAdded(person=str(by.uid), service=device.service)
        record(fact, subject=device, actor=by.actor)
    return device


@transaction.atomic
def remove_device(device_id: int, *, by: User) -> None:
    """A device of one's own takes no notices any more. Raises NotFound."""
    found = Device.objects.select_for_update().filter(pk=device_id, person=by, ended_at=None)
    device = found.first()
    if device is None:
        raise NotFound("device.not_found", _("There is no such device of yours."))
    _end(device, "removed", actor=by.actor)


@transaction.atomic
def _end(device: Device, why: str, *, actor: str = "system") -> Device:
    device = Device.objects.select_for_update().get(pk=device.pk)
    if device.ended_at is None:
        device.ended_at, device.sealed = clock.now(), b""
        device.save(update_fields=["ended_at", "sealed"])
        record(DeviceRemoved(why=why), subject=device, actor=actor)
    return device


def _checked(endpoint: str, p256dh: str, auth: str) -> _Place:
    wrong = Invalid("device.wrong", _("This browser gave nothing that can be used. Try again."))
    try:
        point, secret = _bytes(p256dh), _bytes(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise wrong from None
    if len(secret) != 16 or len(endpoint) > _LONGEST_ADDRESS:
        raise wrong
    if not _is_named(endpoint):
        raise Invalid("device.service", _("The office lets no notices go through the service that this browser uses."))  # fmt: skip
    return _Place(endpoint, p256dh, auth)


def _is_named(endpoint: str) -> bool:
    """Whether the office has named the service. Plain http only where it says so itself."""
    # Nothing in which one reader of addresses may find another host than the next.
    if not _ADDRESS.fullmatch(endpoint):
        return False
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.username or parts.password or parts.fragment:
        return False
    if parts.scheme == "http":
        return f"http://{parts.netloc}" in settings.GULOU.push_services
    if parts.scheme != "https" or port not in (None, 443):
        return False
    return any(
        host == one or (one.startswith("*.") and host.endswith(one[1:]))
        for one in settings.GULOU.push_services
    )


def _service(endpoint: str) -> str:
    return urlsplit(endpoint).netloc[:80]


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """From base64url. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

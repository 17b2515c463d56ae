"""Walks every public address there is a way to, and looks for what belongs to a person."""

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client
from PIL import Image

HOST = "http://testserver"
STARTS = ("/", "/robots.txt", "/sitemap.xml")
_IN_HTML = re.compile(r'(?:href|src|content|data-[\w-]+-value|action)="([^"]+)"')
_SRCSET = re.compile(r'srcset="([^"]+)"')
_ANYWHERE = re.compile(r"http://testserver(/[^\s\"'<>,]*)")
MOST = 600


@dataclass
class Walk:
    """What was read, by address, and what was found in it."""

    read: dict[str, bytes] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[str, str]:
        """What is no picture, as text."""
        return {
            url: unescape(body.decode("utf-8", "replace"))
            for url, body in self.read.items()
            if not self.kinds[url].startswith("image/")
        }

    @property
    def pictures(self) -> dict[str, bytes]:
        """The pictures."""
        return {u: body for u, body in self.read.items() if self.kinds[u].startswith("image/")}


def walk(client: Client, starts: Iterable[str] = STARTS) -> Walk:
    """Read everything that can be reached by links, feeds, files and site maps."""
    found, waiting = Walk(), list(starts)
    while waiting and len(found.read) < MOST:
        url = waiting.pop()
        if url in found.read:
            continue
        answer = client.get(url)
        found.read[url] = answer.getvalue()
        found.kinds[url] = answer.get("Content-Type", "")
        found.read[url] += str(sorted(answer.headers.items())).encode()
        if not found.kinds[url].startswith("image/"):
            waiting += _links(url, answer.getvalue().decode("utf-8", "replace"))
    return found


def leaks(found: Walk, secrets: Iterable[str]) -> list[tuple[str, str]]:
    """Each address with what of somebody stands there: in words, or inside of a picture."""
    wanted = [secret for secret in secrets if secret]
    told = [
        (url, secret)
        for url, text in found.texts.items()
        for secret in wanted
        if secret in text or json.dumps(secret)[1:-1] in text
    ]
    for url, data in found.pictures.items():
        told += [(url, secret) for secret in wanted if secret.encode() in data]
        image = Image.open(io.BytesIO(data))
        if image.getexif() or image.info.get("exif") or image.info.get("xmp"):
            told.append((url, "EXIF"))
    return told


def _links(here: str, text: str) -> list[str]:
    links = [*_IN_HTML.findall(text), *_ANYWHERE.findall(text)]
    for group in _SRCSET.findall(text):
        links += [one.split()[0] for one in group.split(",") if one.split()]
    found = []
    for link in links:
        url = urldefrag(urljoin(f"{HOST}{here}", unescape(link)))[0]
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" == HOST and _wanted(parts.path, link):
            found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def _wanted(path: str, link: str) -> bool:
    """Addresses, not the words of `content="…"`; what is built is the same for all."""
    return link.startswith(("/", "http", "?")) and not path.startswith(("/static/", "/accounts/"))

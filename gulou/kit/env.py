"""Every knob that the environment may turn, typed, read in one place.

A malformed value or an unknown `GULOU_*` name stops the start with a sentence that says which and
what would be right.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]


class EnvError(Exception):
    """The environment cannot be used. The message names the variable and what it should hold."""


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("1 or 0")


def _port(text: str) -> int:
    if not (text.isdigit() and 0 < int(text) < 65536):
        raise ValueError("a port number, 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isdigit() and int(text) > 0):
        raise ValueError("a whole number above 0")
    return int(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if not hosts:
        raise ValueError("host names, separated by commas")
    return hosts


def _origins(text: str) -> tuple[str, ...]:
    origins = _hosts(text)
    if not all(urlsplit(o).scheme in {"http", "https"} and urlsplit(o).netloc for o in origins):
        raise ValueError("addresses such as https://gulou.example, separated by commas")
    return origins


def _url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes:
            raise ValueError(
                f"an address that begins with {' or '.join(s + '://' for s in schemes)}"
            )
        return text

    return read


def _key(text: str) -> str:
    if len(text) < 32:
        raise ValueError(
            "at least 32 characters; `python -c 'import secrets; print(secrets.token_urlsafe(48))'` makes one"
        )
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("a time zone such as Asia/Shanghai") from error
    return text


def _knob(read: Callable[[str], Any], default: Any, name: str = "") -> Any:
    return field(default=default, metadata={"read": read, "name": name})


@dataclass(frozen=True)
class Env:
    """What the environment says. Field `data_dir` is `GULOU_DATA_DIR`, and so on."""

    data_dir: Path = _knob(Path, ROOT / "var")
    database_url: str = _knob(_url("postgres", "postgresql"), "", "DATABASE_URL")
    secret_key: str = _knob(_key, "")
    data_key: str = _knob(_key, "")
    debug: bool = _knob(_flag, False)
    demo: bool = _knob(_flag, True)
    hosts: tuple[str, ...] = _knob(_hosts, ("localhost", "127.0.0.1", "[::1]"))
    trusted_origins: tuple[str, ...] = _knob(_origins, ())
    behind_tls: bool = _knob(_flag, False)
    trusted_proxies: int = _knob(lambda text: int(text), 0)
    listen: str = _knob(str, "127.0.0.1")
    port: int = _knob(_port, 8000)
    web_processes: int = _knob(_count, 1)
    web_threads: int = _knob(_count, 4)
    time_zone: str = _knob(_zone, "Asia/Shanghai")
    email_url: str = _knob(_url("smtp", "smtps", "file"), "")
    email_from: str = _knob(str, "gulou@localhost")
    public_url: str = _knob(_url("http", "https"), "http://127.0.0.1:8000")
    reports_per_hour: int = _knob(_count, 30)
    base_map_style: str = _knob(_url("http", "https"), "")

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Env":
        """Read the environment. Raises EnvError that lists everything that is wrong."""
        known = {f.metadata["name"] or f"GULOU_{f.name.upper()}": f for f in fields(cls)}
        wrong = [
            f"{name} is not a setting of Gulou; known are {', '.join(sorted(known))}."
            for name in environ
            if name.startswith("GULOU_") and name not in known
        ]
        values: dict[str, Any] = {}
        for name, knob in known.items():
            text = environ.get(name, "").strip()
            if not text:
                continue
            try:
                values[knob.name] = knob.metadata["read"](text)
            except ValueError as error:
                wrong.append(f"{name} cannot be used: it should be {error}.")
        if wrong:
            raise EnvError("\n".join(wrong))
        return cls(**values)

    def key(self, name: str) -> str:
        """A secret key: as the environment says, else one made once and kept in the data folder."""
        given = {"secret_key": self.secret_key, "data_key": self.data_key}[name]
        if given:
            return given
        path = self.data_dir / "keys" / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with path.open("x") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text().strip()

"""Every knob that the environment may turn, typed, read in one place.

A malformed value or an unknown `GULOU_*` name stops the start with a sentence that says which and
what would be right.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
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


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _port(text: str) -> int:
    if not (_number(text) and 0 < int(text) < 65536):
        raise ValueError("a port number, 1 to 65535")
    return int(text)


def _folder(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _whole(text: str) -> int:
    if not _number(text):
        raise ValueError("a whole number, 0 or more")
    return int(text)


def _count(text: str) -> int:
    if not (_number(text) and int(text) > 0):
        raise ValueError("a whole number above 0")
    return int(text)


def _percent(text: str) -> int:
    if not (_number(text) and 0 < int(text) <= 100):
        raise ValueError("a percentage, 1 to 100")
    return int(text)


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    if not hosts:
        raise ValueError("host names, separated by commas")
    return hosts


def _services(text: str) -> tuple[str, ...]:
    hosts = tuple(host.strip() for host in text.split(",") if host.strip())
    for host in hosts:
        if "/" in host.removeprefix("http://") or not host.removeprefix("*.").strip("."):
            raise ValueError("hosts such as fcm.googleapis.com,*.push.apple.com")
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


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in values:
            raise ValueError(" or ".join(values))
        return text

    return read


def _database(text: str) -> str:
    meant = "an address such as postgres://user:password@host:5432/name"
    parts = urlsplit(text)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError(meant)
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError(meant) from error
    return text


def _bucket(text: str) -> str:
    parts = urlsplit(text)
    name = parts.path.strip("/")
    if parts.scheme != "s3" or not name or "/" in name:
        raise ValueError("an address such as s3://key:secret@host:9000/bucket")
    return text


def _databases(text: str) -> tuple[str, ...]:
    return tuple(_database(one) for one in _hosts(text))


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


def _knob(read: Callable[[str], Any], told: str, name: str = "") -> dict[str, Any]:
    """How a knob is read, what it is told to be in docs/settings.md, its name if not GULOU_…."""
    return {"read": read, "told": told, "name": name}


def name_of(knob: "Field[Any]") -> str:
    """The variable that sets this field of Env."""
    return knob.metadata["name"] or f"GULOU_{knob.name.upper()}"


@dataclass(frozen=True)
class Env:
    """What the environment says. Field `data_dir` is `GULOU_DATA_DIR`, and so on."""

    data_dir: Path = field(
        default=ROOT / "var",
        metadata=_knob(
            _folder, "The folder for everything that must be kept: database, photos, keys, logs."
        ),
    )
    database_url: str = field(
        default="",
        metadata=_knob(
            _database,
            "A PostgreSQL server of your own, as `postgres://user:password@host:5432/name`. "
            "Empty: Gulou brings and runs its own.",
            "DATABASE_URL",
        ),
    )
    storage_url: str = field(
        default="",
        metadata=_knob(
            _bucket,
            "Where photos lie: a bucket that speaks S3, as `s3://key:secret@host:9000/bucket`, with "
            "`?tls=0` for plain HTTP and `?region=…`. Empty: the folder `photos` of the data folder.",
        ),
    )
    replica_urls: tuple[str, ...] = field(
        default=(),
        metadata=_knob(
            _databases,
            "Streaming replicas of that server, comma-separated: public pages and long work "
            "are read from them.",
        ),
    )
    replica_lag_seconds: int = field(
        default=5,
        metadata=_knob(_count, "A replica that is further behind is not read from."),
    )
    secret_key: str = field(
        default="",
        metadata=_knob(
            _key,
            "Signs sessions and links. Empty: made once and kept in `keys/secret_key` of the "
            "data folder.",
        ),
    )
    data_key: str = field(
        default="",
        metadata=_knob(
            _key,
            "Encrypts the contacts of reporters. Empty: made once and kept in `keys/data_key`. "
            "Whoever loses it loses the contacts: back it up apart from the database.",
        ),
    )
    debug: bool = field(
        default=False,
        metadata=_knob(_flag, "Shows errors to whoever causes them. Never in service."),
    )
    demo: bool = field(
        default=True,
        metadata=_knob(
            _flag,
            "Loads the made-up district into an empty database at the first start; what it filled "
            "stays marked 演示数据. Set 0 before the first real use.",
        ),
    )
    hosts: tuple[str, ...] = field(
        default=("localhost", "127.0.0.1", "[::1]"),
        metadata=_knob(_hosts, "The host names under which the site answers, comma-separated."),
    )
    trusted_origins: tuple[str, ...] = field(
        default=(),
        metadata=_knob(
            _origins,
            "The addresses from which forms are accepted when a proxy changes the host, "
            "comma-separated, each with https://.",
        ),
    )
    behind_tls: bool = field(
        default=False,
        metadata=_knob(
            _flag,
            "A proxy in front speaks TLS and sets X-Forwarded-Proto: cookies are then sent over "
            "TLS only.",
        ),
    )
    trusted_proxies: int = field(
        default=0,
        metadata=_knob(
            _whole,
            "How many proxies in front add to X-Forwarded-For. 0: the header is not believed.",
        ),
    )
    listen: str = field(
        default="127.0.0.1",
        metadata=_knob(str, "The network address to listen on; 0.0.0.0 for all."),
    )
    port: int = field(default=8000, metadata=_knob(_port, "The port to listen on."))
    log_format: str = field(
        default="text",
        metadata=_knob(
            _one_of("text", "json"),
            "How logs are written: `text` for people, or `json`, an object a line with a line for "
            "each request and each delivery, for machines.",
        ),
    )
    metrics_token: str = field(
        default="",
        metadata=_knob(
            _key,
            "Who scrapes `/metrics` sends it as `Authorization: Bearer …`. Empty: figures are told "
            "on this machine only, and not through a proxy.",
        ),
    )
    web_processes: int = field(
        default=1, metadata=_knob(_count, "Processes that answer pages; one per core is plenty.")
    )
    web_threads: int = field(
        default=4, metadata=_knob(_count, "Threads in each of them; each holds one connection.")
    )
    time_zone: str = field(
        default="Asia/Shanghai",
        metadata=_knob(_zone, "The time zone of pages and of working time."),
    )
    email_url: str = field(
        default="",
        metadata=_knob(
            _url("smtp", "smtps", "file"),
            "Where mail goes: `smtp://user:password@host:587`, `smtps://…:465`, or "
            "`file:///folder` for trying out. Empty: no mail is sent.",
        ),
    )
    email_from: str = field(
        default="gulou@localhost", metadata=_knob(str, "The sender of every mail.")
    )
    public_url: str = field(
        default="http://127.0.0.1:8000",
        metadata=_knob(
            _url("http", "https"), "The address that links in mails and on slips begin with."
        ),
    )
    reports_per_hour: int = field(
        default=30,
        metadata=_knob(_count, "How many reports one network address may send in an hour."),
    )
    idle_minutes: int = field(
        default=30, metadata=_knob(_count, "After how long without use a session of staff ends.")
    )
    password_days: int = field(
        default=0,
        metadata=_knob(_whole, "After how many days a password is changed; 0 asks for no change."),
    )
    part_share: int = field(
        default=80,
        metadata=_knob(
            _percent,
            "The share, in percent, of the time left to a unit that one beneath it gets for a part "
            "that is handed down, where nobody says until when.",
        ),
    )
    recurrence_days: int = field(
        default=30,
        metadata=_knob(
            _count,
            "A case filed within so many days after one of its kind was closed there may be it again.",
        ),
    )
    recurrence_metres: int = field(
        default=30,
        metadata=_knob(
            _count, "How close it must be, beyond what the accuracy of its place explains."
        ),
    )
    recheck_metres: int = field(
        default=3000,
        metadata=_knob(
            _count,
            "Rechecks and look-backs are drawn among people whose area is at most so far away, "
            "if there are any.",
        ),
    )
    recheck_most: int = field(
        default=20,
        metadata=_knob(_count, "Who has so many of them waiting is not drawn for another one."),
    )
    recheck_pair_weeks: int = field(
        default=8,
        metadata=_knob(
            _count, "For how many weeks whose work one rechecked does not recheck one's own."
        ),
    )
    errand_days: int = field(
        default=7,
        metadata=_knob(
            _count, "After how many days the files are removed that long work of staff made."
        ),
    )
    field_days: int = field(
        default=14,
        metadata=_knob(
            _count,
            "For how many days one stays signed in to the field app on a phone, and after how many "
            "days without the server it removes what it keeps.",
        ),
    )
    field_embedders: tuple[str, ...] = field(
        default=(),
        metadata=_knob(
            _origins,
            "The addresses of platforms that may show the field app in a frame, comma-separated, "
            "each with https://. Cookies are then sent in frames too, over TLS only. Empty: none.",
        ),
    )
    oidc_issuer: str = field(
        default="",
        metadata=_knob(
            _url("http", "https"),
            "The city's single sign-on (OpenID Connect): the address of its issuer. Empty: off. "
            "Enrolled people only; it never opens an account.",
        ),
    )
    oidc_client_id: str = field(
        default="", metadata=_knob(str, "The client id that the single sign-on gave out.")
    )
    oidc_client_secret: str = field(
        default="", metadata=_knob(str, "The client secret that belongs to it.")
    )
    oidc_claim: str = field(
        default="preferred_username",
        metadata=_knob(str, "The claim that says who somebody is."),
    )
    oidc_field: str = field(
        default="username",
        metadata=_knob(
            _one_of("username", "employee_number"),
            "What the claim is compared with: `username` or `employee_number`.",
        ),
    )
    wechat_app_id: str = field(
        default="",
        metadata=_knob(
            str, "Signing in by WeChat: the AppID of a website application. Empty: off."
        ),
    )
    wechat_secret: str = field(default="", metadata=_knob(str, "The AppSecret that belongs to it."))
    wecom_url: str = field(
        default="https://qyapi.weixin.qq.com",
        metadata=_knob(
            _url("http", "https"),
            "Where WeCom is spoken to. Group robots and the application send there and nowhere else; another address is "
            "for a district whose network reaches WeCom through a gateway.",
        ),
    )
    push_services: tuple[str, ...] = field(
        default=(),
        metadata=_knob(
            _services,
            "Web push: to which services of browsers a notice may be handed, as hosts separated by "
            "commas; `*.` before one takes in what is beneath it. Empty: no web push. For example "
            "`fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com`. "
            "They read nothing of it, but learn that a device gets one.",
        ),
    )
    weixin_url: str = field(
        default="https://api.weixin.qq.com",
        metadata=_knob(
            _url("http", "https"),
            "Where WeChat is spoken to for the official account; another address is for a district "
            "whose network reaches it through a gateway.",
        ),
    )
    base_map_style: str = field(
        default="",
        metadata=_knob(
            _url("http", "https"),
            "A MapLibre style to draw under our own map; its tiles come from the same server. "
            "Empty: areas, names and points only.",
        ),
    )

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Env":
        """Read the environment. Raises EnvError that lists everything that is wrong."""
        known = {name_of(f): f for f in fields(cls)}
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
        if not path.exists():
            keep_once(path, secrets.token_urlsafe(48))
        return path.read_text().strip()


def keep_once(path: Path, text: str) -> None:
    """Write a file whole or not at all; whoever comes first wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()

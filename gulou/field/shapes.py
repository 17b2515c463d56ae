"""The shapes of the contract, from which openapi.json and the client's types are made."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict

Kind = Literal["verify", "handle", "part", "recheck", "look_back"]


class Shape(Schema):
    """Nothing is answered that is not told here."""

    model_config = ConfigDict(extra="forbid")


class May(Shape):
    """What the reader's postings let them do somewhere; `snap` is for everybody while it is open."""

    snap: bool
    verify: bool
    handle: bool
    recheck: bool
    look_back: bool


class Complain(Shape):
    """How one complains about the office itself."""

    number: str
    words: str


class Me(Shape):
    """Who is signed in on this phone, and what the app has to know. `closed` are the office's words
    while nobody can report."""

    signed_in: bool
    session: Literal["", "field", "desk"]
    uid: UUID | None
    name: str
    unit: str
    verbs: list[str]
    may: May
    closed: str
    language: str
    csrf: str
    server_time: datetime
    site: str
    demo: bool
    registration: list[str]
    complain: Complain
    gcj02_key: str | None
    max_photos: int
    photo_edge: int
    photo_bytes: int
    voice_seconds: int
    keep_days: int


class Category(Shape):
    """`rank` 0 is not offered to residents, 1 comes first. `words` are what the server suggests by:
    in the hints, and what the class is called."""

    id: int
    code: str
    parent_id: int | None
    name_zh: str
    name_en: str
    hint_zh: str
    hint_en: str
    icon: str
    rank: int
    needs_photo: bool


class Reason(Shape):
    """A reason to choose for a return or for rework."""

    id: int
    kind: Literal["return", "rework"]
    name_zh: str
    name_en: str


class Area(Shape):
    """`rings` are those of a GeoJSON MultiPolygon in WGS84: [[[[lon, lat], …], …], …]."""

    id: int
    code: str
    level: str
    name_zh: str
    name_en: str
    rings: list[Any]


class Elsewhere(Shape):
    """Where somebody is better helped than here; danger first."""

    code: str
    kind: str
    number: str
    name_zh: str
    name_en: str
    words_zh: str
    words_en: str
    keywords: list[str]


class Catalogue(Shape):
    """What hardly ever changes. `version` changes with anything in it."""

    version: str
    categories: list[Category]
    reasons: list[Reason]
    areas: list[Area]
    elsewhere: list[Elsewhere]


class Picture(Shape):
    """A picture of a task: addresses beneath /field/, for the session that pulled them."""

    uid: UUID
    kind: str
    thumb: str
    medium: str


class Told(Shape):
    """What somebody left with a move: `what` is its name for programs, `label` for people."""

    at: datetime
    what: str
    label: str
    who: str
    reason: str
    words: str


class Task(Shape):
    """One thing that waits for the reader, with all that is needed without a network.

    `case` and `version` are empty where who does it must not know the case: an independent recheck
    is `blind`. `before` are pictures of the problem, `after` what the unit sent. `moves` are the
    kinds of operation that are open now; `needs` says what one of them asks for.
    """

    id: str
    kind: Kind
    case: str
    version: int | None
    state: str
    category_id: int
    category: str
    icon: str
    words: list[str]
    address: str
    street: str
    community: str
    unit: str
    lat: float
    lon: float
    due_at: datetime | None
    late: bool
    urgent: bool
    blind: bool
    on_spot: bool
    needs_photo: bool
    before: list[Picture]
    after: list[Picture]
    history: list[Told]
    moves: list[str]


class Mine(Shape):
    """A report of one's own. `id` is that of the operation that sent it."""

    id: UUID
    receipt: str
    link: str
    category_id: int
    address: str
    received_at: datetime
    state: str
    state_label: str


class Pulled(Shape):
    """What changed since the cursor; everything where `whole`. What is null has not changed."""

    cursor: str
    whole: bool
    server_time: datetime
    catalogue: Catalogue | None
    tasks: list[Task]
    gone: list[str]
    reports: list[Mine] | None


class Problem(Shape):
    """A refusal (RFC 9457), in the language of Accept-Language."""

    title: str
    status: int
    code: str
    field: str = ""
    type: str = "about:blank"

"""The shapes of the contract, from which openapi.json and the client's types are made."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

Id = Annotated[int, Field(ge=1, lt=2**63)]
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
    """Who is signed in on this phone, and what the app has to know. `signed_out` says what became of a
    session: "ended" from elsewhere (then remove what is kept) or "expired" (keep it). `closed` are the office's words
    while nobody can report. `gcj02_key` is the AppID with which WeChat may be asked for the place."""

    signed_in: bool
    signed_out: Literal["", "expired", "ended"]
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


class Given(Schema):
    """What an operation may take. Degrees in `system`. A report: category, place, words, contact;
    `return` and `rework`: a reason; `verify`: whether it was found; `look_back`: whether it is in
    order; `report_part`: whether it is done."""

    words: Annotated[str, Field(max_length=4000)] = ""
    category: Id | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    system: Literal["wgs84", "gcj02", "bd09", "cgcs2000"] = "wgs84"
    accuracy_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    address: Annotated[str, Field(max_length=200)] = ""
    snapped_at: AwareDatetime | None = None
    joins: UUID | None = None
    name: Annotated[str, Field(max_length=60)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    email: Annotated[str, Field(max_length=120)] = ""
    reason: Id | None = None
    found: bool | None = None
    passed: bool | None = None
    done: bool = True


class Operation(Schema):
    """One thing that was done on a phone. `id` is made there once. `photos` are the uids of uploads
    under the secret `draft`; `version` is that of the task that was looked at."""

    id: UUID
    kind: Literal[
        "report", "accept", "handle", "return", "verify", "close", "rework", "look_back",
        "report_part", "note",
    ]  # fmt: skip
    task: Annotated[str, Field(max_length=60)] | None = None
    version: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    made_at: AwareDatetime | None = None
    given: Given = Given()
    draft: Annotated[str, Field(pattern=r"^[\w-]{0,64}$")] = ""
    photos: Annotated[list[UUID], Field(max_length=9)] = []


class Pushing(Schema):
    """`reader` is the uid of `me` for whom they were made, null for a resident: signed in as
    another, or not any more, the whole is refused with 401 and nothing is done."""

    reader: UUID | None = None
    operations: Annotated[list[Operation], Field(min_length=1, max_length=20)]


class Result(Shape):
    """What a report has become."""

    receipt: str
    link: str


class Answered(Shape):
    """`changed`: somebody else moved it, and `now` is how it stands (null: it is not yours any
    more). `later`: nothing is wrong with it, send it again after a while."""

    id: UUID
    state: Literal["done", "refused", "changed", "later"]
    code: str
    message: str
    field: str
    result: Result | None
    now: Task | None


class Answers(Shape):
    """One for each operation, in their order."""

    server_time: datetime
    answers: list[Answered]


class Asked(Schema):
    """What was written so far about a problem, for suggestions."""

    words: Annotated[str, Field(max_length=4000)] = ""
    lat: float | None = None
    lon: float | None = None


class Suggested(Shape):
    """Categories by id, the likeliest first; may be empty."""

    categories: list[int]


class Signed(Shape):
    """With what a page inside WeChat calls `wx.config`."""

    appid: str
    timestamp: int
    nonce: str
    signature: str


class Stop(Schema):
    """A place to go to; `id` is the caller's."""

    id: Annotated[str, Field(max_length=60)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]


class Going(Schema):
    """From where, and whereto: at most 60 places."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    stops: Annotated[list[Stop], Field(min_length=1, max_length=60)]


class Round(Shape):
    """The ids in the order of the shortest way, which ends at the last; its straight metres."""

    order: list[str]
    metres: int

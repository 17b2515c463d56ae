// What goes over the wire, as the server's openapi.json describes it (gulou/field/shapes.py).

export type Words = string;
/** An ISO time with its offset. */
export type Time = string;

export interface Me {
  signed_in: boolean;
  /** What became of the session that this phone had. */
  signed_out: "" | "ended" | "expired";
  session: "" | "field" | "desk";
  uid: string | null;
  name: string;
  unit: string;
  verbs: string[];
  may: { snap: boolean; verify: boolean; handle: boolean; recheck: boolean; look_back: boolean };
  /** The office's words while nobody can report. */
  closed: string;
  language: string;
  csrf: string;
  server_time: Time;
  site: string;
  demo: boolean;
  registration: string[];
  complain: { number: string; words: string };
  /** The AppID with which WeChat may be asked for the place. */
  gcj02_key: string | null;
  max_photos: number;
  photo_edge: number;
  photo_bytes: number;
  voice_seconds: number;
  keep_days: number;
}

/** With what a page inside WeChat calls `wx.config`. */
export interface Signed {
  appid: string;
  timestamp: number;
  nonce: string;
  signature: string;
}

export interface Category {
  id: number;
  code: string;
  parent_id: number | null;
  name_zh: string;
  name_en: string;
  hint_zh: string;
  hint_en: string;
  icon: string;
  /** 0 is not offered to residents, 1 comes first. */
  rank: number;
  needs_photo: boolean;
}

export interface Reason {
  id: number;
  kind: "return" | "rework";
  name_zh: string;
  name_en: string;
}

export interface Area {
  id: number;
  code: string;
  level: string;
  name_zh: string;
  name_en: string;
  /** Those of a GeoJSON MultiPolygon in WGS84. */
  rings: number[][][][];
}

export interface Elsewhere {
  code: string;
  kind: string;
  number: string;
  name_zh: string;
  name_en: string;
  words_zh: string;
  words_en: string;
  keywords: string[];
}

export interface Catalogue {
  version: string;
  categories: Category[];
  reasons: Reason[];
  areas: Area[];
  elsewhere: Elsewhere[];
}

export interface TaskPicture {
  uid: string;
  kind: string;
  thumb: string;
  medium: string;
}

export interface Told {
  at: Time;
  what: string;
  label: string;
  who: string;
  reason: string;
  words: string;
}

export interface Task {
  id: string;
  kind: "verify" | "handle" | "part" | "recheck" | "look_back";
  case: string;
  version: number | null;
  state: string;
  category_id: number;
  category: string;
  icon: string;
  words: string[];
  address: string;
  street: string;
  community: string;
  unit: string;
  lat: number;
  lon: number;
  due_at: Time | null;
  late: boolean;
  urgent: boolean;
  /** An independent recheck: no earlier verdict is shown. */
  blind: boolean;
  on_spot: boolean;
  needs_photo: boolean;
  before: TaskPicture[];
  after: TaskPicture[];
  history: Told[];
  /** The kinds of operation that are open now. */
  moves: string[];
}

/** A report of one's own. `id` is that of the operation that sent it. */
export interface Mine {
  id: string;
  receipt: string;
  link: string;
  category_id: number;
  address: string;
  received_at: Time;
  state: string;
  state_label: string;
}

export interface Pulled {
  cursor: string;
  whole: boolean;
  server_time: Time;
  catalogue: Catalogue | null;
  tasks: Task[];
  gone: string[];
  reports: Mine[] | null;
}

/** What a phone asks the server to do. `photos` are the uids of its uploads. */
export interface Operation {
  id: string;
  kind: Kind;
  task: string | null;
  version: number | null;
  made_at: Time;
  given: Record<string, unknown>;
  /** The secret of its uploads. */
  draft: string;
  photos: string[];
}

export type Kind =
  | "report"
  | "accept"
  | "handle"
  | "return"
  | "verify"
  | "close"
  | "rework"
  | "look_back"
  | "report_part"
  | "note";

export interface Answer {
  id: string;
  /** `later`: nothing is wrong with it, it is to be sent again. */
  state: "done" | "refused" | "changed" | "later";
  code: string;
  message: string;
  field: string;
  result: Result | null;
  now: Task | null;
}

/** What came of it: a report has a receipt and a private link. */
export interface Result {
  receipt?: string;
  link?: string;
  [more: string]: unknown;
}

export interface Pushed {
  server_time: Time;
  answers: Answer[];
}

/** A refusal (RFC 9457). */
export interface Problem {
  title: string;
  status: number;
  code: string;
  field?: string;
}

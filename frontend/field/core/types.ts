// What the screens see of the core. Nothing here knows Vue.
import type { Area, Catalogue, Kind, Me, Mine, Result, Task } from "./wire";

/** A value that can be watched. `subscribe` calls at once and after each change; it answers how to stop. */
export interface Store<T> {
  get(): T;
  subscribe(told: (value: T) => void): () => void;
}

/**
 * draft → waiting → sending → sent. From sending also: refused (the server says why; mend it) and
 * changed (somebody else was quicker; `now` is how it is). Trouble on the way leads back to waiting.
 */
export type Phase = "draft" | "waiting" | "sending" | "sent" | "refused" | "changed";

/** WGS84. Metres of accuracy, null where nobody knows. */
export interface Place {
  lat: number;
  lon: number;
  accuracy: number | null;
  source: "device" | "wechat" | "photo" | "pin";
}

export interface Picture {
  uid: string;
  kind: "photo" | "voice";
  name: string;
  type: string;
  size: number;
  width: number | null;
  height: number | null;
  seconds: number | null;
  sha256: string;
  taken: string | null;
  place: Place | null;
  /** The line of our own camera view; empty for a chosen file. */
  capture: string;
  drawn: boolean;
  /** Bytes that the server has. */
  sent: number;
  /** Where its upload goes on. */
  url: string;
  kept: boolean;
}

/** One thing that somebody did or is about to do, from its first letter until the server has it. */
export interface Item {
  id: string;
  /** The id by which the server knows it; a mended item gets another one. */
  operation: string;
  /** What opens its uploads. */
  secret: string;
  kind: Kind;
  task: string | null;
  version: number | null;
  /** The task as it was shown when this began: it stays readable when the task is gone. */
  about: Task | null;
  phase: Phase;
  given: Given;
  pictures: Picture[];
  /** Whose it is: the uid of who was signed in, empty for a resident. */
  owner: string;
  made_at: string;
  changed_at: string;
  sent_at: string | null;
  /** How often it was tried, and when next (milliseconds). */
  tries: number;
  next_at: number;
  /**
   * Why it was refused, what hinders it now, or what to know of it when sent. `message` comes from
   * the server, else it is empty.
   */
  problem: Trouble | null;
  /** Where it was changed by somebody else: how the task is now; null when it is no longer ours. */
  now: Task | null;
  /** What a pull said of its task while it was not sent yet. */
  behind: "" | "moved" | "gone";
  result: Result | null;
}

/** What was filled in: names of fields and values as the server's operation takes them. */
export type Given = Record<string, unknown>;

export interface Trouble {
  /** Of the server, or ours: "network", "signed_out", "space". */
  code: string;
  message: string;
  field: string;
}

export interface Link {
  online: boolean;
  /** "expired": sign in again, all is kept. "ended": signed out from afar, all was removed. */
  signed: "unknown" | "in" | "out" | "expired" | "ended";
  pulling: boolean;
  pulled_at: string | null;
  /** The last trouble of a pull; null after a good one. */
  trouble: Trouble | null;
}

export interface Clock {
  /** Milliseconds that the server is ahead of the phone. */
  offset: number;
  /** More than two minutes apart. */
  wrong: boolean;
}

export interface Space {
  used: number;
  quota: number;
  persisted: boolean;
  /** Something could not be kept. */
  full: boolean;
}

/** Codes of what can go wrong with the phone itself. */
export type Code =
  | "place.denied"
  | "place.unavailable"
  | "place.timeout"
  | "place.unsupported"
  | "space.full"
  | "picture.unreadable"
  | "picture.too_large"
  | "picture.too_many"
  | "item.gone"
  | "item.busy";

export class FieldError extends Error {
  constructor(readonly code: Code) {
    super(code);
  }
}

export interface PictureOptions {
  /** Taken by our own camera view just now: it gets a line of the chain, and is kept as it is. */
  camera?: boolean;
  /** Where the phone is; the photo's own place (EXIF) goes before it for chosen files. */
  place?: Place | null;
  name?: string;
}

export interface Suggestion {
  category_id: number;
  /** Why: "words", "habit", "near", "server". */
  because: string;
  score: number;
}

export interface Route {
  /** Ids of tasks in the order of the round. */
  order: string[];
  metres: number;
}

/** The core: one for each page. All writes are on the disk when their promise is done. */
export interface Field {
  readonly me: Store<Me | null>;
  readonly tasks: Store<Task[]>;
  readonly reports: Store<Mine[]>;
  readonly catalogue: Store<Catalogue | null>;
  /** One's own and a resident's on this phone, newest first: drafts, the outbox, what was sent. */
  readonly items: Store<Item[]>;
  readonly link: Store<Link>;
  readonly clock: Store<Clock>;
  readonly space: Store<Space>;

  /** Read what is on the phone, then sync and go on doing so. Answers when the phone's own is read. */
  start(): Promise<void>;
  /** Answers when nothing is under way any more. */
  stop(): Promise<void>;
  /** Pull and send now, whatever the waiting times say. */
  refresh(): Promise<void>;

  /** The open draft of this kind for this task, or a new one. `fresh` always makes a new one. */
  draft(kind: Kind, more?: { task?: Task; given?: Given; fresh?: boolean }): Promise<Item>;
  item(id: string): Item | undefined;
  /** At every keystroke: lays `given` over what is there. Refused unless it is a draft. */
  write(id: string, given: Given): Promise<Item>;
  addPhoto(id: string, file: Blob, options?: PictureOptions): Promise<Picture>;
  addVoice(id: string, file: Blob, seconds: number): Promise<Picture>;
  /** What was drawn on a photo takes its place, under a new uid. */
  redraw(id: string, uid: string, drawn: Blob): Promise<Picture>;
  /** Where one photo was taken, as somebody set it: what the camera's own line says stays as it was. */
  placePicture(id: string, uid: string, place: Place): Promise<Picture>;
  removePicture(id: string, uid: string): Promise<Item>;
  /** Bytes of a picture of an item, while they are on the phone. */
  picture(uid: string): Promise<Blob | null>;
  thumb(uid: string): Promise<Blob | null>;
  /** A picture of a task: from the phone, else from the network. */
  taskPicture(address: string): Promise<Blob | null>;

  send(id: string): Promise<Item>;
  /** Back to a draft: from waiting, refused or changed. A changed one goes on from how the task is now. */
  mend(id: string): Promise<Item>;
  discard(id: string): Promise<void>;
  /** Take what has arrived off the phone; what still has something to say stays. */
  clearSent(): Promise<void>;

  suggest(at: Place | null, words: string): Promise<Suggestion[]>;
  /** The shortest round over these tasks, back to where it began. */
  route(from: Place, tasks: string[]): Promise<Route>;
  /** Where the phone is now. Raises FieldError. */
  locate(options?: { timeout?: number; fresh?: boolean }): Promise<Place>;
  /** Follow it; answers how to stop. */
  follow(told: (place: Place) => void, failed: (error: FieldError) => void): () => void;
  /** The area of this level that holds a place. */
  areaAt(place: { lat: number; lon: number }, level?: string): Area | null;

  /** What would be lost by signing out now. */
  unsent(): Item[];
  /**
   * Removes this person's data here, and ends the session as soon as the server can be reached.
   * Without `force` it refuses when something is unsent.
   */
  signOut(options?: { force?: boolean }): Promise<boolean>;
  /** Ask the browser not to throw our data away. */
  persist(): Promise<boolean>;
}

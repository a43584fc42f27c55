// Sends the photos that wait, in pieces, and goes on after any interruption from where it was: in a page or in the
// service worker, whichever is there, and never in two places at once. Whoever shows photos hears of it by `news`.

import { capturesOf, change, find, noteArrival, remove } from "./store.js";

export const NEWS = "captures";
export const SEND = "send captures"; // what the browser is asked to call again once there is a connection
const UPLOADS = "/api/v1/uploads/";
const AT_ONCE = 2;
const [SHORTEST, FIRST, LONGEST] = [64 * 1024, 256 * 1024, 8 * 1024 * 1024]; // bytes of a piece
const [QUICK, SLOW] = [1000, 4000]; // milliseconds that a piece takes
const [FIRST_PAUSE, LONGEST_PAUSE] = [2000, 5 * 60 * 1000]; // milliseconds before another attempt
export const A_MOMENT = 2000; // after which those ask again who came while photos were being sent already
const GONE = new Set([404, 410]);

let isSending = false;
const channel = new BroadcastChannel(NEWS);
const tell = (id, changes) => channel.postMessage({ id, ...changes });

/** Why a photo has not been sent: `offline`, `signin`, `busy` (another attempt may help) or `refused` (none will). */
class Stop extends Error {
  constructor(why, { detail = "", after = 0, status = 0 } = {}) {
    super(detail || why);
    Object.assign(this, { why, detail, after, status });
  }
}

const sentenceIn = (body) => body?.detail ?? Object.values(body ?? {}).find(Array.isArray)?.[0] ?? "";

async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { ...options, headers: { Accept: "application/json", ...options.headers } });
  } catch {
    throw new Stop("offline");
  }
  if (answer.ok) return answer;
  const detail = sentenceIn(await answer.json().catch(() => null));
  const { status } = answer;
  if (status === 401) throw new Stop("signin", { status });
  if (status === 400 || status === 413) throw new Stop("refused", { detail, status });
  throw new Stop("busy", { detail, status, after: Number(answer.headers.get("Retry-After") ?? 0) * 1000 });
}

/** Who is signed in, and what a request to send needs. */
export async function ready(owner) {
  const session = await (await ask("/capture/ready/")).json();
  if (session.person !== owner) throw new Stop("signin"); // somebody else: not their photos
  return session;
}

export const write = (session, method, address, body, headers = {}) => ask(address, {
  method, body, headers: { "X-CSRFToken": session.csrf, "X-For-Page": "1", ...headers },
});

async function digest(blob) {
  if (!globalThis.crypto?.subtle) return "";
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Save what has changed, and tell. Whoever has paused or removed the photo meanwhile stops the sending here. */
async function note(capture, changes) {
  const changed = await change(capture.id, changes);
  if (!changed || changed.isPaused) throw new Stop("paused");
  tell(capture.id, changes);
  return Object.assign(capture, changed);
}

async function begin(session, capture) {
  if (capture.upload) {
    try {
      return await (await ask(`${UPLOADS}${capture.upload}/`)).json();
    } catch (stop) {
      if (!GONE.has(stop.status)) throw stop;
    }
  }
  const sha256 = capture.sha256 ?? await digest(capture.blob);
  const body = JSON.stringify({ size: capture.blob.size, sha256 });
  const begun = await (await write(session, "POST", UPLOADS, body, { "Content-Type": "application/json" })).json();
  await note(capture, { upload: begun.id, sha256 });
  return begun;
}

async function sendPieces(session, capture, begun) {
  const { size } = capture.blob;
  let { offset } = begun;
  let length = FIRST;
  while (offset < size) {
    await note(capture, { state: "sending", sent: offset / size });
    const since = Date.now();
    const piece = capture.blob.slice(offset, offset + Math.min(length, session.longest_piece));
    try {
      const answer = await write(session, "PATCH", `${UPLOADS}${begun.id}/`, piece, {
        "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset),
      });
      offset = Number(answer.headers.get("Upload-Offset"));
    } catch (stop) {
      if (stop.status !== 409) throw stop;
      ({ offset } = await (await ask(`${UPLOADS}${begun.id}/`)).json()); // somebody else has sent it
    }
    const took = Date.now() - since;
    if (took < QUICK) length = Math.min(length * 2, LONGEST);
    if (took > SLOW) length = Math.max(length / 2, SHORTEST);
  }
}

async function arrive(session, capture) {
  const told = new URLSearchParams({ photo: capture.photo, crops: JSON.stringify(capture.crops ?? []) });
  if (capture.again) told.set("again", "1");
  for (const [name, value] of Object.entries(capture.place ?? {})) if (value != null) told.set(name, value);
  return (await write(session, "POST", "/capture/arrived/", told)).json();
}

async function send(session, capture) {
  if (!capture.photo) {
    const begun = await begin(session, capture);
    await sendPieces(session, capture, begun);
    await note(capture, { state: "reading", sent: 1 });
    const finish = () => write(session, "POST", `${UPLOADS}${begun.id}/finish/`).then((answer) => answer.json());
    await note(capture, { photo: begun.photo ?? (await finish()).id });
  }
  await note(capture, { state: "reading" });
  if (capture.isHeld) return; // its owner is drawing around animals
  const answer = await arrive(session, capture);
  if (answer.known) {
    await note(capture, { state: "known", known: answer.known });
    return;
  }
  const { id, owner } = capture;
  await noteArrival({ id, owner, at: Date.now(), tiles: answer.tiles }).catch(() => {});
  await remove(id);
  tell(id, { state: "arrived", tiles: answer.tiles });
}

async function stopped(capture, stop) {
  if (!(stop instanceof Stop)) throw stop;
  if (stop.why === "paused") return;
  const isGone = GONE.has(stop.status) && (capture.photo || capture.upload);
  const forgotten = isGone ? { photo: null, upload: null } : {}; // it waited too long there: sent once more
  const tries = (capture.tries ?? 0) + 1;
  const pause = stop.after || Math.min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE) * (0.75 + Math.random() / 2);
  const changes = { state: stop.why, detail: stop.detail, tries, next: Date.now() + pause, ...forgotten };
  if (await change(capture.id, changes)) tell(capture.id, changes);
}

const WAITING = new Set(["waiting", "sending", "reading", "offline", "busy", "signin"]);
const isDue = (one) => WAITING.has(one.state) && !one.isPaused && !(one.isHeld && one.photo);

/** Send all that is due. Resolves with the milliseconds until another attempt is worth it, or nothing. */
async function pass(owner, hurried) {
  const underway = new Set();
  const tried = new Set();
  const takeNext = async () => {
    const due = (await capturesOf(owner)).filter((one) => isDue(one) && !underway.has(one.id));
    const wanted = due.find((one) => !tried.has(one.id) && (hurried || (one.next ?? 0) <= Date.now()));
    if (wanted) { underway.add(wanted.id); tried.add(wanted.id); }
    return wanted;
  };
  let session = null;
  const worker = async () => {
    for (let one = await takeNext(); one; one = await takeNext()) {
      try {
        session ??= await ready(owner);
        await send(session, one);
        if (one.tries) await change(one.id, { tries: 0 });
      } catch (stop) {
        await stopped(one, stop);
        if (stop.why === "offline" || stop.why === "signin") { await rest(owner, stop); return; }
      } finally {
        underway.delete(one.id);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const later = (await capturesOf(owner)).filter((one) => isDue(one) && one.state !== "signin").map((one) => one.next ?? 0);
  return later.length ? Math.max(500, Math.min(...later) - Date.now()) : undefined;
}

/** What stops one photo stops all: those that still wait are told why, without an attempt of their own. */
async function rest(owner, stop) {
  const waiting = (await capturesOf(owner)).filter((one) => isDue(one) && one.state === "waiting");
  for (const one of waiting) {
    await change(one.id, { state: stop.why, next: Date.now() + FIRST_PAUSE });
    tell(one.id, { state: stop.why });
  }
}

/** Send what waits for this person, unless that is being done already: then ask again in a moment. */
export async function sendAll(owner, { hurried = false } = {}) {
  if (isSending) return A_MOMENT;
  isSending = true;
  try {
    if (!globalThis.navigator?.locks) return await pass(owner, hurried);
    const alone = { ifAvailable: true };
    return await navigator.locks.request(`send-${owner}`, alone, (lock) => (lock ? pass(owner, hurried) : A_MOMENT));
  } finally {
    isSending = false;
  }
}

/** Take a photo back: here, and what has arrived of it. */
export async function takeBack(id) {
  const capture = await find(id);
  await remove(id);
  tell(id, { state: "removed" });
  if (!capture?.upload) return;
  const session = await ready(capture.owner).catch(() => null);
  if (session) await write(session, "DELETE", `${UPLOADS}${capture.upload}/`).catch(() => {});
}

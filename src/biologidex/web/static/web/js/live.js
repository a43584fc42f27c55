// News of the server as events of the page. What changed is not told, only that something did: listen, and ask.
//
//   <div hx-get="..." hx-trigger="live:feed from:body">      asks when there is news of this kind
//   <div data-live="job:ID" hx-get="..." hx-trigger="live">  asks when there is news of this one thing
//
// event.detail.id says of what; it is empty when nobody knows what changed. While there is no stream (a proxy is in
// between, the server is full), the same events come every so often instead: whoever listens need not know.

const POLL = { job: 1500, feed: 30_000, notifications: 30_000 }; // milliseconds
const AGAIN = [20_000, 40_000]; // until a stream is tried again that was refused, by chance between these
const { live, liveSince } = document.body.dataset;

let source = null;
let mark = liveSince;
let retry = 0;
let timers = [];
const again = new Map(); // what is to be told once more
const unheard = new Set(); // what was told when nothing on the page listened for it yet
const listening = new WeakSet(); // elements that htmx has made ready
const SETTLED = 60; // milliseconds after an answer until what it put on the page listens
let settling = 0;

let pressed = null; // what a pointer is down on: replaced under it, its click would be nobody's

/** An element that asks just now may be replaced by its answer, and what it is told meanwhile be lost with it. */
const isAsking = () => settling > 0 || document.querySelector(".htmx-request[hx-trigger*='live']") !== null;

function tell(kind, id = "") {
  if (isAsking()) again.set(`${kind} ${id}`, [kind, id]);
  document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail: { id } }));
  const one = id ? `[data-live="${CSS.escape(kind)}:${CSS.escape(id)}"]` : `[data-live^="${CSS.escape(kind)}:"]`;
  const elements = [...document.querySelectorAll(`${one}, [data-live="${CSS.escape(kind)}"]`)];
  if (id && !elements.some((element) => listening.has(element))) unheard.add(`${kind}:${id}`);
  for (const element of elements) element.dispatchEvent(new CustomEvent("live", { detail: { id } }));
}

function ask() {
  for (const kind of Object.keys(POLL)) tell(kind);
}

function stopAsking() {
  for (const timer of timers) clearInterval(timer);
  timers = [];
}

function startAsking() {
  if (timers.length) return;
  timers = Object.entries(POLL).map(([kind, pause]) => setInterval(tell, pause, kind));
}

function take(message) {
  mark = message.lastEventId;
  const [kind, id] = message.data.split(" ");
  if (kind === "missed") ask();
  else if (kind !== "hello") tell(kind, id);
}

function open() {
  clearTimeout(retry);
  if (source || document.hidden) return;
  source = new EventSource(`${live}?since=${encodeURIComponent(mark)}`);
  source.onopen = stopAsking;
  source.onmessage = take;
  source.onerror = () => {
    startAsking();
    if (source?.readyState !== EventSource.CLOSED) return; // else the browser comes again by itself
    source = null;
    const [least, most] = AGAIN;
    retry = setTimeout(open, least + Math.random() * (most - least));
  };
}

function close() {
  clearTimeout(retry);
  stopAsking();
  source?.close();
  source = null;
}

function tellAgain() {
  if (isAsking() || pressed) return;
  const news = [...again.values()];
  again.clear();
  for (const [kind, id] of news) tell(kind, id);
}

document.addEventListener("htmx:afterRequest", () => {
  settling += 1;
  setTimeout(() => {
    settling -= 1;
    tellAgain();
  }, SETTLED);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt, target } = event.detail;
  if (!elt.dataset.live || !target.contains(pressed)) return;
  event.detail.shouldSwap = false;
  const [kind, id = ""] = elt.dataset.live.split(":");
  again.set(`${kind} ${id}`, [kind, id]);
});
document.addEventListener("pointerdown", (event) => { pressed = event.target; });
for (const name of ["pointerup", "pointercancel"]) {
  // Not at once: its click comes after it.
  document.addEventListener(name, () => setTimeout(() => { pressed = null; tellAgain(); }));
}

document.addEventListener("htmx:afterProcessNode", (event) => {
  const element = event.detail.elt;
  listening.add(element);
  if (unheard.delete(element.dataset?.live)) element.dispatchEvent(new CustomEvent("live", { detail: { id: "" } }));
});

// Only what somebody looks at is kept up to date; whoever comes back is told whether something was missed.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", open);
// Not before: what is told must find somebody who listens, and htmx begins to at this very event.
document.addEventListener("DOMContentLoaded", open);

// The service worker: keeps what pages are drawn with, and for whoever is signed in the pages and small pictures that
// they opened last, so that these can be read without a connection. Nothing is kept for anybody else: whose an answer
// is stands in its header, and what was kept is emptied as soon as it is somebody else's turn, or nobody's.

import { SEND, sendAll } from "../captures/sender.js";
import { ARRIVALS, remember, remembered } from "../captures/store.js";
import { share } from "./share.js";

const PRIVATE = "private-";
const SHELL = "shell-";
const NOBODY = "nobody";
const PAGES = /^\/(dex\/([0-9a-f-]{36}\/)?|capture\/)$/;
const PICTURES = /^\/photos\/[\w.-]+\.jpg$/;
const SMALL = 200_000; // bytes
const MOST_PAGES = 60;
const MOST_PICTURES = 400;
const PATIENCE = 10_000; // milliseconds after which a page that is here is better than one that may still come

let leavings = 0; // how often somebody left while this worker runs: no answer asked for before is kept
let turn = Promise.resolve();

/** Do one thing after the other, so that nothing is written between finding out who is here and keeping it. */
function inTurn(work) {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

async function empty() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PRIVATE)).map((name) => caches.delete(name)));
}

/** Note who is here. What was kept for anybody else goes. */
async function isHere(person) {
  const before = await remembered("person") ?? NOBODY;
  if (before === person) return;
  if (before !== NOBODY) leavings += 1;
  await empty();
  await remember(ARRIVALS, []);
  await remember("person", person);
}

function leave() {
  leavings += 1;
  return inTurn(() => isHere(NOBODY));
}

async function kept(request, options = {}) {
  const person = await remembered("person");
  if (!person || person === NOBODY) return undefined;
  const cache = await caches.open(PRIVATE + person);
  return cache.match(request, { ignoreVary: true, ...options });
}

/** The same answer for whoever asks: there is one person here, and one answer for each address. */
function unvarying(answer) {
  const headers = new Headers(answer.headers);
  headers.delete("Vary");
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
}

/** Keep an answer for this person, and not more than so many like it. */
async function keep(person, request, answer, isLike, most) {
  const cache = await caches.open(PRIVATE + person);
  await cache.put(request, unvarying(answer)); // in the place of the one before, which is there until then
  const like = (await cache.keys()).filter((one) => isLike.test(new URL(one.url).pathname));
  await Promise.all(like.slice(0, Math.max(0, like.length - most)).map((one) => cache.delete(one)));
}

/** A copy that says of itself that it is one: it may be older than what its owner knows. */
async function copyOf(page) {
  const headers = new Headers(page.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response((await page.text()).replace("<body", "<body data-kept"), { headers });
}

/** Find out from a page who is here, and keep it if it is one of those that are read again. */
function notePage(url, answer, left) {
  return inTurn(async () => {
    const person = answer.headers.get("X-Person");
    if (!person || left !== leavings) return;
    await isHere(person);
    if (person !== NOBODY && answer.ok && PAGES.test(new URL(url).pathname)) {
      await keep(person, new Request(url), await copyOf(answer), PAGES, MOST_PAGES);
    }
  });
}

function notePicture(request, answer, left) {
  return inTurn(async () => {
    const person = await remembered("person");
    if (!person || person === NOBODY || left !== leavings) return;
    await keep(person, new Request(request.url), answer, PICTURES, MOST_PICTURES);
  });
}

async function keptPage(request) {
  const url = new URL(request.url);
  if (!PAGES.test(url.pathname)) return undefined;
  return await kept(url.href) ?? kept(url.href, { ignoreSearch: url.pathname === "/capture/" });
}

/** The page from the server; without an answer of its own in good time, the one that is here. */
async function page(event, shell) {
  const { request } = event;
  const left = leavings;
  const asked = fetch(request).then((answer) => {
    event.waitUntil(notePage(request.url, answer.clone(), left));
    return answer;
  });
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const instead = late.then(() => keptPage(request)).then((answer) => answer ?? asked);
  try {
    return await Promise.race([asked, instead]);
  } catch {
    return await keptPage(request) ?? (await caches.match(shell.offline, { ignoreVary: true })) ?? Response.error();
  }
}

async function picture(event) {
  const { request } = event;
  const left = leavings;
  try {
    const answer = await fetch(request);
    const isSmall = Number(answer.headers.get("Content-Length") ?? Infinity) <= SMALL;
    if (answer.ok && isSmall) event.waitUntil(notePicture(request, answer.clone(), left));
    return answer;
  } catch {
    return await kept(request.url) ?? Response.error();
  }
}

/** What pages are drawn with: its name changes with its content, so what is here is right. */
async function drawn(request, shell) {
  return await caches.match(request, { cacheName: shell.cache, ignoreVary: true }) ?? fetch(request);
}

async function goodbye(event) {
  await leave();
  try {
    return await fetch(event.request);
  } finally {
    await leave(); // a page that was on its way has come meanwhile
  }
}

async function install(shell) {
  const cache = await caches.open(shell.cache);
  await cache.addAll(shell.files.map((file) => new Request(file, { credentials: "omit" })));
  await cache.add(new Request(shell.offline, { credentials: "omit", cache: "reload" }));
}

async function activate(shell) {
  const old = (await caches.keys()).filter((name) => name.startsWith(SHELL) && name !== shell.cache);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A page that came without this worker's help: before it was there, or at the very moment at which it began. */
async function takeOver(url) {
  await self.clients.claim();
  if (!PAGES.test(new URL(url).pathname)) return;
  const left = leavings;
  await notePage(url, await fetch(url, { headers: { Accept: "text/html" } }), left);
}

/**
 * Send what waits for whoever is here. What is left is another attempt's: the browser asks again if this fails.
 * `hurried` is an attempt that does not wait for its time: somebody has just opened a page.
 */
async function send({ hurried = false } = {}) {
  const person = await remembered("person");
  if (!person || person === NOBODY) return;
  if (await sendAll(person, { hurried }) !== undefined) throw new Error("Some photos could not be sent yet.");
}

/** Begin. `told` is the version, the addresses to keep, where static files are, and the page for "no connection". */
export function start(told) {
  const shell = { ...told, cache: SHELL + told.version };

  self.addEventListener("install", (event) => event.waitUntil(install(shell)));
  self.addEventListener("activate", (event) => event.waitUntil(activate(shell)));
  self.addEventListener("message", (event) => {
    if (event.data.type === "take over") self.skipWaiting();
    if (event.data.type === "opened") event.waitUntil(takeOver(event.data.url).catch(() => {}));
    if (event.data.type === "send") event.waitUntil(send({ hurried: true }).catch(() => {}));
  });
  self.addEventListener("sync", (event) => { if (event.tag === SEND) event.waitUntil(send()); });
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (url.origin !== self.location.origin) return;
    if (request.method === "POST" && url.pathname === "/sign-out/") event.respondWith(goodbye(event));
    if (request.method === "POST" && url.pathname === "/capture/share/") event.respondWith(share(event, NOBODY));
    if (request.method !== "GET") return;
    if (url.pathname.startsWith(shell.static)) event.respondWith(drawn(request, shell));
    else if (request.mode === "navigate") event.respondWith(page(event, shell));
    else if (PICTURES.test(url.pathname)) event.respondWith(picture(event));
  });
}

// Photos become tiles at once and wait in the browser's database until they have arrived. Without this script the form
// sends them by itself.

import { captureOf } from "./captures/capture.js";
import { crop } from "./captures/crop.js";
import { Consent, canTell, whereIAm } from "./captures/place.js";
import { A_MOMENT, NEWS, SEND, ready, sendAll, takeBack, write } from "./captures/sender.js";
import { arrivalsSince, capturesOf, change, find, keep } from "./captures/store.js";
import { Tile } from "./captures/tile.js";

const form = document.getElementById("capture");
const waiting = document.getElementById("waiting");
const tiles = document.getElementById("tiles");
const shared = document.getElementById("shared");
const blank = document.getElementById("new-tile");
const owner = document.getElementById("app").dataset.person;
const JUST_TAKEN = 2 * 60 * 1000; // milliseconds; an older file was not taken by the camera here and now
const OPENED = Date.now() - performance.now(); // when the server was asked for this page, or just before
const shown = new Map();
const arrived = new Set();
const consent = new Consent(owner);
const box = document.getElementById("consent-box");
let timer = null;

const say = (sentence) => document.dispatchEvent(new CustomEvent("announce", { detail: sentence }));

const sharedOnes = () => [...shown.values()].filter(({ capture }) => capture.state === "shared");

function showTiles() {
  shared.hidden = sharedOnes().length < 2;
  waiting.hidden = tiles.children.length === 0;
  document.getElementById("tips").hidden = !waiting.hidden;
}

/** Send what is due, and again when more will be. */
async function go(hurried = false) {
  clearTimeout(timer);
  const pause = await sendAll(owner, { hurried }).catch(() => 5000);
  clearTimeout(timer);
  if (pause !== undefined) timer = setTimeout(go, pause, hurried && pause === A_MOMENT);
}

function show(capture) {
  const tile = new Tile(capture, blank, act);
  shown.set(capture.id, tile);
  tiles.prepend(tile.row);
  return tile;
}

async function take(files, origin, { isHeld = false } = {}) {
  const taken = files.map((file) => (file.size > 0
    ? captureOf(file, { owner, origin, isHeld })
    : { ...captureOf(file, { owner, origin, state: "refused" }), detail: form.dataset.saysEmpty }));
  if (taken.length === 0) return [];
  taken.forEach(show);
  showTiles();
  const kept = await Promise.all(taken.map(keep));
  if (!kept.every(Boolean)) say(form.dataset.saysNotKept);
  document.getElementById("not-kept").hidden = kept.every(Boolean);
  say(`${form.dataset.saysAdded} ${taken.length}`);
  navigator.storage?.persist?.();
  navigator.serviceWorker?.ready.then((found) => found.sync?.register(SEND)).catch(() => {});
  go();
  return taken;
}

/** Take photos from the camera: with the place, if they were taken just now and the person wants it. */
async function takeFromCamera(files) {
  const isFresh = canTell() && files.every((file) => Date.now() - file.lastModified < JUST_TAKEN);
  const mayAsk = isFresh && consent.answer !== "no";
  const taken = await take(files, "camera", { isHeld: mayAsk });
  if (!mayAsk) return;
  const { place = null } = await asked() ? await located() : {};
  for (const { id } of taken) await alter(id, { place, isHeld: false });
  go();
}

/** Whether the place may be noted: asked at the first photo, and remembered. */
function asked() {
  if (consent.answer === "yes") return true;
  const question = document.getElementById("ask-place");
  question.returnValue = "";
  question.showModal();
  return new Promise((resolve) => {
    question.addEventListener("close", () => {
      if (["yes", "no"].includes(question.returnValue)) consent.answer = question.returnValue;
      box.checked = consent.answer === "yes";
      resolve(box.checked);
    }, { once: true });
  });
}

async function located() {
  const found = await whereIAm();
  if (found.why) {
    const hint = document.getElementById("consent-hint");
    hint.textContent = hint.dataset[found.why];
    if (found.why === "denied") { consent.answer = "no"; box.checked = false; }
  }
  return found;
}

/** Change what waits, here and where it is kept. Returns whether it still waits. */
async function alter(id, changes) {
  const changed = await change(id, changes);
  if (changed) shown.get(id)?.show(changes);
  showTiles();
  return Boolean(changed);
}

const acts = {
  now: (tile) => alter(tile.capture.id, { state: "waiting", detail: "", next: 0 }).then(() => go()),
  pause: (tile) => alter(tile.capture.id, { isPaused: true }),
  resume: (tile) => alter(tile.capture.id, { isPaused: false, state: "waiting", next: 0 }).then(() => go()),
  again: (tile) => alter(tile.capture.id, { again: true, state: "waiting", next: 0 }).then(() => go()),
  remove: (tile) => takeBack(tile.capture.id),
  place: (tile) => setPlace(tile),
  crop: async (tile) => {
    const { id } = tile.capture;
    if (!await alter(id, { isHeld: true })) return;
    const crops = await crop(tile.address, tile.capture.crops);
    const isHere = await alter(id, { isHeld: false, state: "waiting", next: 0, ...(crops ? { crops, again: false } : {}) });
    if (isHere) go();
  },
};

function act(what, tile) {
  acts[what](tile);
}

/** Say where a photo was taken, or take it back. */
function setPlace(tile) {
  const dialog = document.getElementById("set-place");
  const { latitude, longitude } = dialog.querySelector("form").elements;
  const known = tile.capture.place ?? tile.told?.place;
  latitude.value = known?.latitude.toFixed(6) ?? "";
  longitude.value = known?.longitude.toFixed(6) ?? "";
  dialog.returnValue = "";
  dialog.showModal();
  dialog.addEventListener("close", async () => {
    const [north, east] = [latitude, longitude].map((field) => (field.value === "" ? NaN : Number(field.value)));
    if (dialog.returnValue === "clear") await alter(tile.capture.id, { place: null });
    if (dialog.returnValue !== "save" || Number.isNaN(north + east)) return;
    await alter(tile.capture.id, { place: { latitude: north, longitude: east, source: "person" } });
  }, { once: true });
}

/** Put what the server shows of its identifications in the place of a row. */
function replace(row, identified) {
  for (const { job, tile } of identified) {
    document.getElementById(`tile-${job}`)?.remove(); // the same photo, given before
    const place = document.createElement("li");
    row.before(place);
    window.htmx.ajax("GET", tile, { target: place, swap: "outerHTML" });
  }
  row.remove();
  showTiles();
}

function newRow() {
  const row = document.createElement("li");
  tiles.prepend(row);
  return row;
}

/** Show what became of a photo, once. Without a tile it came while this page was on its way. */
function showArrived({ id, tiles: identified }) {
  if (arrived.has(id)) return;
  arrived.add(id);
  replace(shown.get(id)?.row ?? newRow(), identified);
}

async function heard({ id, state, tiles: identified, ...changes }) {
  const tile = shown.get(id);
  if (state === "arrived" || state === "removed") {
    if (identified) showArrived({ id, tiles: identified });
    shown.delete(id);
    tile?.remove();
    showTiles();
  } else if (tile) {
    tile.show(state ? { state, ...changes } : changes);
  } else {
    const capture = await find(id); // from another tab, or shared by another app
    if (capture?.owner === owner && !shown.has(id)) show(capture);
    showTiles();
  }
}

/** Several animals in a photo that has arrived. */
async function splitArrived(button) {
  const crops = await crop(button.dataset.picture);
  if (!crops?.length) return;
  button.disabled = true;
  try {
    const told = new URLSearchParams({ crops: JSON.stringify(crops) });
    const answer = await write(await ready(owner), "POST", button.dataset.parts, told);
    replace(button.closest("li"), (await answer.json()).tiles);
  } catch (stop) {
    button.disabled = false;
    const why = form.dataset.saysNotDone;
    say(stop.detail || why);
    button.closest(".tile-facts").querySelector(".tile-why").textContent = stop.detail || why;
  }
}

async function begin() {
  const kept = await capturesOf(owner);
  kept.filter(({ id }) => !shown.has(id)).forEach(show);
  (await arrivalsSince(owner, OPENED)).forEach(showArrived);
  showTiles();
  for (const { id } of kept.filter(({ isHeld }) => isHeld)) await alter(id, { isHeld: false }); // left meanwhile
  go(true);
}

function chosen(input, taker) {
  const takeAll = () => { taker([...input.files]); input.value = ""; };
  input.addEventListener("change", takeAll);
  if (input.files.length) takeAll(); // before this script was here
}
chosen(document.getElementById("files"), (files) => take(files, "files"));
chosen(document.getElementById("camera"), takeFromCamera);
document.addEventListener("shot", (event) => takeFromCamera([event.detail]));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-parts]");
  if (button) splitArrived(button);
});

shared.querySelector("[data-take]").addEventListener("click", () => sharedOnes().forEach(acts.now));
shared.querySelector("[data-leave]").addEventListener("click", () => sharedOnes().forEach(acts.remove));

document.getElementById("consent").hidden = !canTell();
box.checked = consent.answer === "yes";
box.addEventListener("change", () => { consent.answer = box.checked ? "yes" : "no"; });

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
document.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  document.documentElement.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth -= 1;
  if (depth <= 0) document.documentElement.classList.remove("dropping");
});
document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  document.documentElement.classList.remove("dropping");
  take([...event.dataTransfer.files], "drop");
});
document.addEventListener("paste", (event) => {
  const pasted = [...(event.clipboardData?.files ?? [])];
  if (pasted.length) take(pasted, "paste");
});

new BroadcastChannel(NEWS).addEventListener("message", (event) => heard(event.data));
window.addEventListener("online", () => go(true));
document.addEventListener("visibilitychange", () => { if (!document.hidden) go(true); });
begin();

// A photo that waits, as the page shows it: which state it is in, where it was taken and who says so, what can be done.

import { readExif } from "./exif.js";
import { written } from "./place.js";

const SERIOUS = new Set(["known", "refused", "signin", "offline"]); // worth being said aloud

export class Tile {
  constructor(capture, blank, act) {
    this.capture = capture;
    this.row = blank.content.firstElementChild.cloneNode(true);
    this.row.id = `waits-${capture.id}`;
    this.tile = this.row.querySelector(".tile");
    this.row.querySelector(".tile-name").textContent = capture.name;
    this.row.addEventListener("click", (event) => {
      const what = event.target.closest("[data-do]")?.dataset.do;
      if (what) act(what, this);
    });
    this.preview();
    this.show({});
    readExif(capture.blob).then((told) => { this.told = told; this.showFacts(); });
  }

  preview() {
    const image = this.row.querySelector("img");
    this.address = URL.createObjectURL(this.capture.blob);
    image.addEventListener("load", () => { image.hidden = false; this.isSeen = true; this.show({}); });
    image.addEventListener("error", () => image.remove()); // a format that only the server can read
    image.src = this.address;
  }

  /** Take over what has changed. */
  show(changes) {
    Object.assign(this.capture, changes);
    const { capture } = this;
    const state = capture.isPaused && capture.state !== "known" ? "paused" : capture.state;
    this.tile.classList.toggle("failed", state === "refused");
    for (const piece of this.row.querySelectorAll("[data-for]")) {
      piece.hidden = !piece.dataset.for.split(" ").includes(state) || (piece.dataset.do === "crop" && !this.isSeen);
    }
    const bar = this.row.querySelector("progress");
    if (state === "reading") bar.removeAttribute("value");
    else bar.value = capture.sent ?? 0;
    this.set("[data-detail]", capture.detail ?? "", SERIOUS.has(state) || state === "busy");
    this.set("[data-marked]", capture.crops?.length ?? 0);
    this.showKnown();
    this.showFacts();
    if (state !== this.said && SERIOUS.has(state)) this.say(state);
    this.said = state;
  }

  say(state) {
    const title = this.row.querySelector(`.tile-title [data-for~="${state}"]`)?.textContent ?? "";
    document.dispatchEvent(new CustomEvent("announce", { detail: `${this.capture.name}: ${title}` }));
  }

  /** Fill a piece, and show it with what it belongs to only if there is anything to show. */
  set(selector, text, isWanted = true) {
    const piece = this.row.querySelector(selector);
    piece.textContent = text;
    (piece.closest("[data-piece]") ?? piece).hidden = !text || !isWanted;
  }

  showKnown() {
    const { known } = this.capture;
    if (!known) return;
    const link = this.row.querySelector("[data-known]");
    link.href = known.url;
    this.row.querySelector("[data-known-picture]").src = known.picture;
    link.textContent = `${known.number} · ${known.name}`;
  }

  showFacts() {
    const told = this.told ?? {};
    const place = this.capture.place?.source === "person" ? this.capture.place : told.place ?? this.capture.place;
    const source = place?.source ?? "unknown";
    for (const piece of this.row.querySelectorAll("[data-source]")) piece.hidden = piece.dataset.source !== source;
    this.set("[data-where]", place ? written(place) : "");
    this.set("[data-accuracy]", place?.accuracy ? Math.ceil(place.accuracy) : "");
    this.set("[data-taken]", told.taken ? new Date(`${told.taken}T12:00`).toLocaleDateString(document.documentElement.lang) : "");
    this.row.querySelector("[data-untaken]").hidden = Boolean(told.taken);
  }

  remove() {
    URL.revokeObjectURL(this.address);
    this.row.remove();
  }
}

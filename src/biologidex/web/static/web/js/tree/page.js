// The page of the tree: the drawing, its tools, the search, the list beside it.

import { Camera } from "./camera.js";
import { listen } from "./gestures.js";
import { fetched } from "./outline.js";
import { Pictures } from "./pictures.js";
import { Plate, coloursOf } from "./plate.js";
import { share } from "./share.js";
import { Shape } from "./shapes.js";
import { travel } from "./time.js";

const stage = document.getElementById("tree");
const canvas = document.getElementById("tree-canvas");
const side = document.getElementById("tree-side");
const list = document.getElementById("tree-list");
const where = document.getElementById("tree-where");
const loading = document.getElementById("tree-loading");
const time = document.getElementById("tree-time");
const legend = document.querySelector(".tree-legend");
const results = document.getElementById("tree-results");
const field = document.getElementById("tree-q");
const hint = side.innerHTML;
const SLOW = 350; // milliseconds before it is told what is in the middle
const UPRIGHT_UP_TO = 1500; // animals, on a narrow page
let [outline, shape, colours, frame, pause, isRound, isBegun] = [null, null, null, 0, 0, null, false];

const camera = new Camera(draw);
const pictures = new Pictures(stage.dataset.pictures, draw);
const plate = new Plate(canvas, pictures);
const say = (sentence) => document.dispatchEvent(new CustomEvent("announce", { detail: sentence }));
const isDrawn = () => !stage.hidden;
const nameOf = (node) => (node ? outline.names[node] || outline.latin[node] : stage.dataset.top);

function draw() {
  if (frame || !shape) return;
  frame = requestAnimationFrame(() => {
    frame = 0;
    if (!isDrawn()) return;
    aim();
    plate.paint(shape, camera, colours);
  });
}

/** What is in the middle: told in words, and marked while the keyboard steers. */
function aim() {
  const node = nearest(camera.width / 2, camera.height / 2, Infinity);
  const line = outline.line(Math.max(0, enclosing(node)));
  where.textContent = line.slice(1).map((one) => outline.latin[one]).join(" › ");
  plate.aim = canvas.matches(":focus-visible") ? node : -1;
  if (plate.aim < 1) return;
  clearTimeout(pause);
  pause = setTimeout(() => say(nameOf(node)), SLOW);
}

/** The smallest group that fills the view around a node. */
function enclosing(node) {
  const unit = camera.unit;
  const filling = Math.min(camera.width, camera.height) * 0.55;
  let one = Math.max(0, node);
  while (one && (outline.animals[one] * unit < filling)) one = outline.parent[one];
  return one;
}

/** The node nearest to a point of the screen, of those that were drawn. */
function nearest(x, y, reach) {
  let [best, least] = [-1, reach * reach];
  for (const node of plate.nodes ?? []) {
    const [dx, dy] = [shape.x[node] * camera.kx + camera.tx - x, shape.y[node] * camera.ky + camera.ty - y];
    const far = dx * dx + dy * dy;
    if (far < least) [best, least] = [node, far];
  }
  return best;
}

function pointed(x, y, reach) {
  const close = nearest(x, y, reach);
  if (close > 0 || camera.unit < 9) return close;
  return shape.leafNear((x - camera.tx) / camera.kx, (y - camera.ty) / camera.ky);
}

function remember(key) {
  const address = new URL(window.location);
  if (key) address.searchParams.set("at", key);
  else address.searchParams.delete("at");
  address.searchParams.delete("start");
  window.history.replaceState(null, "", address);
}

function mark(node, isOpen = node > 0) {
  plate.chosen = node;
  side.classList.toggle("open", isOpen);
  remember(node > 0 ? outline.keys[node] : "");
  draw();
}

async function open(node) {
  if (node < 1) return;
  mark(node);
  await window.htmx.ajax("GET", `${stage.dataset.line}&at=${encodeURIComponent(outline.keys[node])}`, "#tree-side");
}

function close() {
  const hadFocus = side.contains(document.activeElement);
  side.innerHTML = hint;
  plate.hits = new Set();
  if (outline) mark(-1);
  if (hadFocus) (isDrawn() ? canvas : field).focus();
}

/** How much of the drawing the line of descent covers, where it slides over the page. */
function covered() {
  if (getComputedStyle(side).position !== "fixed" || !side.classList.contains("open")) return 0;
  const [drawing, sheet] = [stage.getBoundingClientRect(), side.getBoundingClientRect()];
  return Math.max(0, Math.min(drawing.height * 0.6, drawing.bottom - sheet.top));
}

function go(key, isOpen) {
  const node = outline?.places.get(key) ?? -1;
  if (node < 1) return;
  mark(node, isOpen);
  if (isOpen && getComputedStyle(side).position === "fixed") stage.scrollIntoView({ block: "start", behavior: "instant" });
  camera.covered = covered();
  camera.fly(camera.viewOfNode(node));
}

function measure() {
  const { clientWidth: width, clientHeight: height } = stage;
  if (!width || !height) return;
  camera.resize(width, height);
  plate.resize(width, height);
  if (!shape) return;
  camera.show(shape);
  camera.set(camera.viewOf((width / 2 - camera.tx) / camera.kx, (height / 2 - camera.ty) / camera.ky, camera.ky));
}

function reshape(isFirst) {
  isRound ??= stage.dataset.shape ? stage.dataset.shape === "round" : stage.clientWidth > 600 || outline.leaves > UPRIGHT_UP_TO;
  shape = new Shape(outline, isRound);
  camera.show(shape);
  plate.isAllAlike = outline.own[0] === outline.animals[0];
  if (isFirst) camera.set(camera.firstView());
  draw();
}

function turn() {
  isRound = !isRound;
  reshape(true);
  if (plate.chosen > 0) camera.set(camera.viewOfNode(plate.chosen));
  tellShape();
}

function tellShape() {
  stage.querySelector("[data-do='shape']").setAttribute("aria-pressed", String(!isRound));
  for (const link of document.querySelectorAll("[data-png], [data-svg]")) {
    const address = new URL(link.href);
    address.searchParams.set("shape", isRound ? "round" : "branches");
    link.href = address;
  }
}

const tools = {
  closer: () => camera.zoom(1.6),
  farther: () => camera.zoom(1 / 1.6),
  whole: () => camera.fly(camera.wholeView()),
  shape: turn,
  close,
};

listen(canvas, {
  pan: (dx, dy) => shape && camera.pan(dx, dy),
  zoom: (...how) => shape && camera.zoom(...how),
  whole: () => shape && tools.whole(),
  choose: (x, y, reach) => shape && open(pointed(x, y, reach)),
  point: (x, y) => {
    canvas.classList.toggle("pointing", Boolean(shape) && pointed(x, y, 14) > 0);
  },
  open: async () => {
    if (!shape) return;
    const node = plate.hits.size && plate.chosen > 0 ? plate.chosen : nearest(camera.width / 2, camera.height / 2, Infinity);
    await open(node);
    side.focus();
  },
  close,
});

document.addEventListener("click", async (event) => {
  const tool = event.target.closest("[data-do]");
  if (tool) return shape || tool.dataset.do === "close" ? tools[tool.dataset.do]() : undefined;
  const link = event.target.closest(".tree-link[data-at]");
  if (link && isDrawn()) return go(link.dataset.at, true);
  if (link) return side.classList.add("open");
  const shown = event.target.closest("[data-shows-as]");
  if (shown) return showAs(shown.dataset.showsAs);
  const png = event.target.closest("[data-png]");
  if (!png) return undefined;
  event.preventDefault();
  say(png.dataset.png);
  png.setAttribute("aria-busy", "true");
  try {
    await share(png.href);
  } finally {
    png.removeAttribute("aria-busy");
  }
  return undefined;
});

side.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

function showAs(what) {
  stage.hidden = what === "list";
  list.toggleAttribute("data-shown", what === "list");
  legend.hidden = what === "list";
  time.classList.toggle("off", what === "list");
  for (const button of document.querySelectorAll("[data-shows-as]")) {
    button.setAttribute("aria-pressed", String(button.dataset.showsAs === what));
  }
  const address = new URL(window.location);
  if (what === "list") address.searchParams.set("as", "list");
  else address.searchParams.delete("as");
  window.history.replaceState(null, "", address);
  if (what !== "list") start();
}

results.addEventListener("htmx:afterSwap", () => {
  const keys = [...results.querySelectorAll("[data-at]")].map((link) => link.dataset.at);
  if (!outline || !isDrawn()) return;
  plate.hits = new Set(keys.map((key) => outline.places.get(key)).filter((node) => node > 0));
  if (keys.length) go(keys[0], false);
  draw();
});

field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  results.querySelector("a[data-at]")?.click();
});

async function start() {
  measure();
  if (isBegun) return draw();
  isBegun = true;
  try {
    await fetched(stage.dataset.data, (growing, share) => {
      const isFirst = !outline;
      outline = growing;
      colours ??= coloursOf(legend, stage);
      loading.firstElementChild.value = share;
      reshape(isFirst);
    });
    loading.hidden = true;
    travel(time, outline, () => { plate.kept = null; draw(); });
    tellShape();
    stage.dataset.ready = "yes";
    if (stage.dataset.at) go(stage.dataset.at, true);
  } catch {
    isBegun = false;
    loading.textContent = stage.dataset.broken;
    say(stage.dataset.broken);
  }
  return undefined;
}

new ResizeObserver(measure).observe(stage);
for (const event of ["focus", "blur"]) canvas.addEventListener(event, draw);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours = coloursOf(legend, stage);
  draw();
});
if (isDrawn()) start();

// Drawing around the animals of one photo, by finger, mouse or keyboard. Shares of the picture, from its top left corner.

const dialog = document.getElementById("crop");
const stage = dialog.querySelector(".crop-stage");
const picture = stage.querySelector("img");
const blank = dialog.querySelector("template");
const save = dialog.querySelector("[data-save]");
const MOST = Number(dialog.dataset.most);
const [LEAST, STEP, NEW] = [0.05, 0.02, 0.4]; // of a side
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let frames = [];
let settle = null;

const within = (least, value, most) => Math.min(Math.max(value, least), most);

class Frame {
  constructor(box) {
    this.element = blank.content.firstElementChild.cloneNode(true);
    this.element.frame = this;
    this.set(box);
  }

  /** Take a box, as far as it lies within the picture. */
  set({ x, y, width, height }) {
    const w = within(LEAST, width, 1);
    const h = within(LEAST, height, 1);
    this.box = { x: within(0, x, 1 - w), y: within(0, y, 1 - h), width: w, height: h };
    const { style } = this.element;
    for (const [name, value] of [["left", this.box.x], ["top", this.box.y], ["width", w], ["height", h]]) {
      style[name] = `${Math.round(value * 10_000) / 100}%`;
    }
  }

  /** From one corner to the other, whichever way it is drawn. */
  span(one, other) {
    this.set({
      x: Math.min(one.x, other.x), y: Math.min(one.y, other.y),
      width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y),
    });
  }
}

function number() {
  frames.forEach((frame, place) => {
    const name = `${dialog.dataset.animal} ${place + 1}`;
    frame.element.setAttribute("aria-label", name);
    frame.element.querySelector(".crop-number").textContent = place + 1;
  });
  save.disabled = frames.length === 0;
  dialog.querySelector("[data-count]").textContent = frames.length;
  dialog.querySelector("[data-add]").disabled = frames.length >= MOST;
}

function add(box) {
  const frame = new Frame(box);
  frames.push(frame);
  stage.append(frame.element);
  number();
  return frame;
}

function drop(frame) {
  const place = frames.indexOf(frame);
  frames = frames.filter((one) => one !== frame);
  frame.element.remove();
  number();
  (frames[Math.min(place, frames.length - 1)]?.element ?? dialog.querySelector("[data-add]")).focus();
}

function at(event) {
  const { left, top, width, height } = picture.getBoundingClientRect();
  return { x: within(0, (event.clientX - left) / width, 1), y: within(0, (event.clientY - top) / height, 1) };
}

/** Draw a new frame, move one, or pull at its corner. */
stage.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target.closest("[data-drop]")) return;
  event.preventDefault();
  const start = at(event);
  const known = event.target.closest(".crop-frame")?.frame;
  const isCorner = event.target.matches(".crop-corner");
  if (!known && frames.length >= MOST) return;
  const frame = known ?? add({ ...start, width: 0, height: 0 });
  const { box } = frame;
  const moved = (to) => {
    if (known && !isCorner) frame.set({ ...box, x: box.x + to.x - start.x, y: box.y + to.y - start.y });
    else frame.span(known ? box : start, to);
  };
  stage.setPointerCapture(event.pointerId);
  const follow = (one) => moved(at(one));
  stage.addEventListener("pointermove", follow);
  const end = () => {
    stage.removeEventListener("pointermove", follow);
    const { width, height } = frame.box;
    if (!known && width <= LEAST && height <= LEAST) drop(frame); // a touch, not a frame
    else frame.element.focus();
  };
  stage.addEventListener("lostpointercapture", end, { once: true });
});

stage.addEventListener("keydown", (event) => {
  const { frame } = event.target;
  if (!frame) return;
  if (event.key === "Delete" || event.key === "Backspace") {
    event.preventDefault();
    drop(frame);
  }
  const step = KEYS[event.key];
  if (!step) return;
  event.preventDefault();
  const [x, y] = step.map((one) => one * STEP);
  const { box } = frame;
  frame.set(event.shiftKey ? { ...box, width: box.width + x, height: box.height + y } : { ...box, x: box.x + x, y: box.y + y });
});

stage.addEventListener("click", (event) => {
  if (event.target.closest("[data-drop]")) drop(event.target.closest(".crop-frame").frame);
});
dialog.querySelector("[data-add]").addEventListener("click", () => {
  const shift = (frames.length % 4) * 0.08;
  add({ x: 0.1 + shift, y: 0.1 + shift, width: NEW, height: NEW }).element.focus();
});
dialog.addEventListener("close", () => {
  const isSaved = dialog.returnValue === "save";
  settle?.(isSaved || dialog.returnValue === "whole" ? frames.map((frame) => (frame.box)) : null);
  settle = null;
});
dialog.querySelector("[data-whole]").addEventListener("click", () => { frames = []; });

/** Let somebody draw. Resolves with the boxes, none for the whole picture, or nothing if they changed their mind. */
export function crop(address, boxes = []) {
  for (const { element } of frames) element.remove();
  frames = [];
  stage.querySelectorAll(".crop-frame").forEach((one) => one.remove());
  picture.src = address;
  boxes.forEach(add);
  number();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => { settle = resolve; });
}

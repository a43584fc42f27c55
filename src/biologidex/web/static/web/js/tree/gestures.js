// Fingers, mouse and keys on the drawing, as wishes: pan, zoom, point, choose.

const STILL = 6; // pixels that a finger may slip in a tap
const TWICE = 320; // milliseconds
const STEP = 90; // pixels for an arrow
const KEYS = {
  ArrowLeft: (act) => act.pan(STEP, 0),
  ArrowRight: (act) => act.pan(-STEP, 0),
  ArrowUp: (act) => act.pan(0, STEP),
  ArrowDown: (act) => act.pan(0, -STEP),
  "+": (act) => act.zoom(1.5),
  "=": (act) => act.zoom(1.5),
  "-": (act) => act.zoom(1 / 1.5),
  _: (act) => act.zoom(1 / 1.5),
  Home: (act) => act.whole(),
  Enter: (act) => act.open(),
  Escape: (act) => act.close(),
};

export function listen(canvas, act) {
  const fingers = new Map();
  let [moved, last] = [0, { at: 0, x: 0, y: 0 }];
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  canvas.addEventListener("keydown", (event) => {
    const wish = KEYS[event.key];
    if (!wish || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    wish(act);
  });

  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    if (event.shiftKey || (Math.abs(event.deltaX) > Math.abs(event.deltaY) && !event.ctrlKey)) {
      act.pan(-(event.deltaX || event.deltaY) * lines, 0);
    } else {
      // A pinch on a touchpad comes as a wheel with the control key, in small steps.
      act.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0022)), ...place(event));
    }
  }, { passive: false });

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (!fingers.size) moved = 0;
    fingers.set(event.pointerId, place(event));
  });

  canvas.addEventListener("pointermove", (event) => {
    const now = place(event);
    if (!fingers.has(event.pointerId)) return act.point(...now);
    const before = fingers.get(event.pointerId);
    const spread = () => {
      const [one, other] = fingers.values();
      return other ? [Math.hypot(one[0] - other[0], one[1] - other[1]), (one[0] + other[0]) / 2, (one[1] + other[1]) / 2] : null;
    };
    const wide = spread();
    fingers.set(event.pointerId, now);
    moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (wide) {
      const [distance, x, y] = spread();
      act.pan(x - wide[1], y - wide[2]);
      if (wide[0] > 0 && distance > 0) act.zoom(distance / wide[0], x, y);
    } else if (moved > STILL) act.pan(now[0] - before[0], now[1] - before[1]);
  });

  const lift = (event) => {
    const at = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (!at || event.type !== "pointerup" || moved > STILL || fingers.size) return;
    const isSecond = event.timeStamp - last.at < TWICE && Math.hypot(at[0] - last.x, at[1] - last.y) < 30;
    last = isSecond ? { at: 0, x: 0, y: 0 } : { at: event.timeStamp, x: at[0], y: at[1] };
    if (isSecond) act.zoom(2.2, ...at);
    else act.choose(...at, event.pointerType === "mouse" ? 16 : 26);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => act.point(-1, -1));
}

// What part of the world is seen, and how large: a point p is at p * k + t on the screen.

const CLOSEST = 110; // pixels between two animals
const LEGIBLE = 15;
const SOON_SCROLLED = 160; // animals
const FLIGHT = 450; // milliseconds
const REST = 160; // milliseconds without movement after which all is drawn anew
const EDGE = 90; // pixels of the tree that always stay in sight
const NAMES = 250; // pixels for the names of animals, at most
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Camera {
  constructor(changed) {
    Object.assign(this, { changed, kx: 1, ky: 1, tx: 0, ty: 0, width: 1, height: 1, covered: 0, flight: 0, isMoving: false, rest: 0 });
  }

  resize(width, height) {
    Object.assign(this, { width, height });
  }

  /** Take a shape in sight; the view keeps to it from now on. */
  show(shape) {
    this.shape = shape;
    const [left, top, right, bottom] = shape.world;
    const { leaves } = shape.outline;
    this.names = Math.min(NAMES, this.width * 0.46);
    if (shape.isRound) {
      const least = Math.min(this.width, this.height);
      const named = (least / 2 - 120) * 5 > leaves * 10; // is there room for their names?
      this.margin = named ? Math.min(150, least * 0.27) : 24;
      this.whole = (least / 2 - this.margin) / ((right - left) / 2);
    } else {
      this.whole = Math.min(56, (this.height - 56) / (bottom - top));
    }
    this.closest = Math.max(CLOSEST, this.whole);
  }

  /** How wide an upright tree is drawn at a distance: less than it is stretched in height. */
  across(ky) {
    if (this.shape.isRound) return ky;
    const stretch = 1 + Math.log2(Math.max(1, ky / this.whole)) * 0.12;
    return (this.width - this.names - 58) * Math.min(stretch, 1.9);
  }

  get unit() {
    return this.ky;
  }

  /** The view with a point of the world in the middle. */
  viewOf(x, y, ky, middle = [this.width / 2, this.height / 2]) {
    const near = Math.min(this.closest, Math.max(this.whole * 0.7, ky));
    const kx = this.across(near);
    return { kx, ky: near, tx: middle[0] - x * kx, ty: middle[1] - y * near };
  }

  /** Where a visit begins: at the whole, or where names can be read if that takes little scrolling. */
  firstView() {
    const { leaves } = this.shape.outline;
    if (this.shape.isRound || this.whole >= LEGIBLE || leaves > SOON_SCROLLED) return this.wholeView();
    const view = this.viewOf(0, this.shape.turn(0), LEGIBLE);
    return { ...view, tx: 44, ty: Math.min(view.ty, 40) };
  }

  wholeView() {
    const [left, top, right, bottom] = this.shape.world;
    const view = this.viewOf((left + right) / 2, (top + bottom) / 2, this.whole);
    return this.shape.isRound ? view : { ...view, tx: 44 };
  }

  viewOfNode(node) {
    const { shape, width } = this;
    const height = this.height - this.covered; // at its foot something may lie over it
    const { animals } = shape.outline;
    if (!shape.outline.children[node]) {
      const [x, y] = [shape.x[node], shape.y[node]];
      const near = Math.max(this.ky, Math.min(46, this.closest));
      if (shape.isRound) return this.viewOf(x, y, near, [width / 2, height / 2]);
      return this.viewOf(x, y, near, [Math.max(width * 0.4, width - this.names), height / 2]);
    }
    const [left, top, right, bottom] = [shape.left[node], shape.top[node], shape.right[node], shape.bottom[node]];
    if (!shape.isRound) {
      const view = this.viewOf(0, shape.turn(node), (height * 0.72) / animals[node], [0, height / 2]);
      return { ...view, tx: Math.min(44, width - this.names - view.kx) };
    }
    const near = Math.min((width * 0.7) / (right - left || 1), (height * 0.7) / (bottom - top || 1), 46);
    return this.viewOf((left + right) / 2, (top + bottom) / 2, near, [width / 2, height / 2]);
  }

  /** Take a view, as one of many in a movement or to stay. */
  set(view, isMoving = false) {
    Object.assign(this, view, { isMoving });
    clearTimeout(this.rest);
    if (isMoving) {
      this.rest = setTimeout(() => {
        this.isMoving = false;
        this.changed();
      }, REST);
    }
    const [left, top, right, bottom] = this.shape.world;
    const edge = Math.min(EDGE, this.width / 3, this.height / 3);
    this.tx = Math.min(this.width - edge - left * this.kx, Math.max(edge - right * this.kx, this.tx));
    this.ty = Math.min(this.height - edge - top * this.ky, Math.max(edge - bottom * this.ky, this.ty));
    this.changed();
  }

  stop() {
    cancelAnimationFrame(this.flight);
  }

  pan(dx, dy) {
    this.stop();
    this.set({ tx: this.tx + dx, ty: this.ty + dy }, true);
  }

  /** Zoom so that what is at a point of the screen stays there. */
  zoom(factor, sx = this.width / 2, sy = this.height / 2) {
    this.stop();
    const [x, y] = [(sx - this.tx) / this.kx, (sy - this.ty) / this.ky];
    this.set(this.viewOf(x, y, this.ky * factor, [sx, sy]), true);
  }

  /** Go to a view, in one sweep if motion is welcome. */
  fly(view) {
    this.stop();
    if (still.matches) return this.set(view);
    const from = { kx: this.kx, ky: this.ky, tx: this.tx, ty: this.ty };
    const [w, h] = [this.width / 2, this.height / 2];
    const centre = (one) => [(w - one.tx) / one.kx, (h - one.ty) / one.ky];
    const [start, end] = [centre(from), centre(view)];
    const begun = performance.now();
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - begun) / FLIGHT));
      const eased = t * t * (3 - 2 * t);
      const kx = from.kx * (view.kx / from.kx) ** eased;
      const ky = from.ky * (view.ky / from.ky) ** eased;
      // The way is taken as fast as things are large, so that the goal does not rush by.
      const way = view.ky === from.ky ? eased : (1 / from.ky - 1 / ky) / (1 / from.ky - 1 / view.ky);
      this.set({ kx, ky, tx: w - (start[0] + (end[0] - start[0]) * way) * kx, ty: h - (start[1] + (end[1] - start[1]) * way) * ky }, t < 1);
      if (t < 1) this.flight = requestAnimationFrame(step);
    };
    this.flight = requestAnimationFrame(step);
  }
}

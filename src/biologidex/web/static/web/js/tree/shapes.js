// Where a tree stands in its own world. Along the crown each animal has the width 1.

import { DEPTH } from "./outline.js";

const GAP = Math.PI / 3; // of a round crown, open at the foot for the trunk
const FEWEST = 14; // animals that a round crown has room for
const RINGS = DEPTH + 2;

/** How far out each rank stands, up to 1. In the round, the more there is of a rank the closer it keeps to the last. */
function rings(outline, isRound) {
  const counts = new Float64Array(RINGS);
  for (let node = 1; node < outline.size; node++) counts[outline.depth[node]]++;
  const last = counts[DEPTH + 1] ? DEPTH + 1 : DEPTH;
  const widths = Array.from(counts, (count, depth) => (depth && depth <= last ? (isRound ? Math.max(1, count) ** -0.33 : 1) : 0));
  const all = widths.reduce((sum, width) => sum + width);
  let far = 0;
  return widths.map((width) => (far += width) / all);
}

/** Points, curves and bounds of every node; a curve leads to a node from the one above it. */
export class Shape {
  constructor(outline, isRound) {
    const { size } = outline;
    const numbers = () => new Float64Array(size);
    this.isRound = isRound;
    this.outline = outline;
    this.rings = rings(outline, isRound);
    this.radius = Math.max(FEWEST, outline.leaves) / (2 * Math.PI - GAP);
    for (const name of ["x", "y", "ax", "ay", "bx", "by", "left", "top", "right", "bottom"]) this[name] = numbers();
    for (let node = 0; node < size; node++) this.place(node);
    for (let node = size - 1; node > 0; node--) this.bound(node);
  }

  /** The angle of a round tree, the height of an upright one. */
  turn(node) {
    const { start, animals, leaves } = this.outline;
    const along = start[node] + animals[node] / 2;
    return this.isRound ? Math.PI / 2 + GAP / 2 + (along / leaves) * (2 * Math.PI - GAP) : along;
  }

  point(turn, ring) {
    if (!this.isRound) return [ring, turn];
    return [Math.cos(turn) * ring * this.radius, Math.sin(turn) * ring * this.radius];
  }

  place(node) {
    const above = this.outline.parent[node];
    const [start, end] = [this.rings[this.outline.depth[above]], this.rings[this.outline.depth[node]]];
    const [from, to] = [this.turn(above), this.turn(node)];
    const isTop = node === 0;
    [this.x[node], this.y[node]] = this.point(to, isTop ? 0 : end);
    [this.ax[node], this.ay[node]] = this.point(from, above === 0 && this.isRound ? 0 : (start + end) / 2);
    [this.bx[node], this.by[node]] = this.point(to, (start + end) / 2);
    this.left[node] = Math.min(this.x[node], this.x[above], this.ax[node], this.bx[node]);
    this.right[node] = Math.max(this.x[node], this.x[above], this.ax[node], this.bx[node]);
    this.top[node] = Math.min(this.y[node], this.y[above], this.ay[node], this.by[node]);
    this.bottom[node] = Math.max(this.y[node], this.y[above], this.ay[node], this.by[node]);
  }

  /** Let the bounds of the node above hold this one, which holds all below it. */
  bound(node) {
    const above = this.outline.parent[node];
    this.left[above] = Math.min(this.left[above], this.left[node]);
    this.right[above] = Math.max(this.right[above], this.right[node]);
    this.top[above] = Math.min(this.top[above], this.top[node]);
    this.bottom[above] = Math.max(this.bottom[above], this.bottom[node]);
  }

  /** The bounds of all. */
  get world() {
    if (!this.isRound) return [0, 0, 1, Math.max(1, this.outline.leaves)];
    return [-this.radius, -this.radius, this.radius, this.radius];
  }

  /** The animal whose share of the crown a point lies in, if it lies out there. */
  leafNear(x, y) {
    const { leaves, leafAt } = this.outline;
    const far = this.isRound ? Math.hypot(x, y) / this.radius : x;
    if (far < 0.97) return -1;
    const angle = (Math.atan2(y, x) - Math.PI / 2 - GAP / 2 + 4 * Math.PI) % (2 * Math.PI);
    const along = this.isRound ? (angle / (2 * Math.PI - GAP)) * leaves : y;
    const leaf = leafAt[Math.floor(along)] ?? -1;
    return leaf > 0 && this.outline.isThere(leaf) ? leaf : -1;
  }
}

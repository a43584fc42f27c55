// Which branches are seen, and their curves. What is too fine to be told apart is drawn as one hair.

import { DEPTH } from "./outline.js";

const HAIR = 1.6; // pixels of the crown
const STEPS = 8; // of thickness
const [THINNEST, THICKEST] = [0.9, 16];

/** How thick a branch is by what it bears: all its branches together have its own section, as in a real tree. */
export function thickness(animals, leaves, camera) {
  const trunk = Math.min(18, 3 + 2 * Math.log2(leaves + 1));
  const near = Math.max(1, camera.unit / camera.whole) ** 0.35;
  const step = Math.round(Math.log2(Math.min(THICKEST, Math.max(THINNEST, trunk * Math.sqrt(animals / leaves) * near))) * 2);
  return 2 ** (step / 2);
}

/** Collect what a view shows: curves by colour and thickness, and the nodes at their ends. */
export function visible(shape, camera) {
  const { outline, x, y, ax, ay, bx, by, left, right, top, bottom } = shape;
  const { animals, children, first, start, own, depth, since } = outline;
  const { kx, ky, tx, ty, width, height } = camera;
  const unit = camera.unit;
  const paths = new Map();
  const nodes = [];
  let curves = 0;
  const slots = new Int32Array(DEPTH + 3).fill(-1);
  const pathOf = (node, thick) => {
    const key = (depth[node] * (STEPS + 2) + Math.log2(thick) * 2) * 2 + (own[node] ? 1 : 0);
    let one = paths.get(key);
    if (!one) paths.set(key, (one = { path: new Path2D(), depth: depth[node], width: thick, own: own[node] > 0 }));
    return one.path;
  };
  const stack = [0];
  while (stack.length) {
    const above = stack.pop();
    const [px, py] = [x[above] * kx + tx, y[above] * ky + ty];
    const end = Math.min(first[above] + children[above], outline.size);
    for (let node = first[above]; node < end; node++) {
      if (since[node] > outline.until) continue;
      if (right[node] * kx + tx < 0 || left[node] * kx + tx > width) continue;
      if (bottom[node] * ky + ty < 0 || top[node] * ky + ty > height) continue;
      const span = animals[node] * unit;
      const isFine = span < HAIR;
      if (isFine) {
        const slot = Math.floor((start[node] * unit) / HAIR);
        if (slots[depth[above]] === slot) continue;
        slots[depth[above]] = slot;
      }
      const path = pathOf(node, thickness(animals[node], outline.leaves, camera));
      curves++;
      path.moveTo(px, py);
      const [cx, cy, dx, dy] = [ax[node] * kx + tx, ay[node] * ky + ty, bx[node] * kx + tx, by[node] * ky + ty];
      if (isFine && children[node]) {
        // Its leaves are not looked at: the hair goes all the way to the crown.
        const [rx, ry] = shape.point(shape.turn(node), shape.rings[DEPTH]);
        path.bezierCurveTo(cx, cy, dx, dy, rx * kx + tx, ry * ky + ty);
        continue;
      }
      path.bezierCurveTo(cx, cy, dx, dy, x[node] * kx + tx, y[node] * ky + ty);
      if (span >= 4) nodes.push(node);
      if (children[node]) stack.push(node);
    }
  }
  return { paths: [...paths.entries()].sort((a, b) => a[0] - b[0]).map(([, one]) => one), nodes, curves };
}

/** The curve of a line of descent. */
export function lineOf(shape, camera, node) {
  const { kx, ky, tx, ty } = camera;
  const path = new Path2D();
  const { outline, x, y, ax, ay, bx, by } = shape;
  path.moveTo(x[0] * kx + tx, y[0] * ky + ty);
  for (const one of outline.line(node).slice(1)) {
    path.bezierCurveTo(ax[one] * kx + tx, ay[one] * ky + ty, bx[one] * kx + tx, by[one] * ky + ty, x[one] * kx + tx, y[one] * ky + ty);
  }
  return path;
}

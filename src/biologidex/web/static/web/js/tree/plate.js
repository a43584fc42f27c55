// Draws a view of a tree: branches, marks, pictures, names.

import { lineOf, thickness, visible } from "./limbs.js";
import { mark } from "./marks.js";
import { nameGroups, nameLeaves } from "./names.js";

const TWO = 2 * Math.PI;
const MANY = 350; // branches that take longer to draw than there is time between two frames
const AROUND = 0.3; // of the view is drawn on each side as well, to be moved into it

/** Read the colours of the page: the legend shows them all. */
export function coloursOf(legend, stage) {
  const colour = (element) => getComputedStyle(element).color;
  const ranks = [""];
  for (const one of legend.querySelectorAll("[data-depth]")) ranks[one.dataset.depth] = colour(one.firstElementChild);
  ranks[0] = ranks[1];
  ranks[8] = ranks[7];
  const found = {};
  for (const one of legend.querySelectorAll("[data-found]")) found[one.dataset.found] = colour(one.firstElementChild);
  const style = getComputedStyle(stage);
  const soft = getComputedStyle(legend).color;
  const gold = style.getPropertyValue("outline-color") || style.color;
  return { ranks, found: { other: soft, friend: soft, ...found }, paper: style.backgroundColor, ink: style.color, soft, gold };
}

export class Plate {
  constructor(canvas, pictures) {
    Object.assign(this, { canvas, pictures, chosen: -1, hits: new Set(), aim: -1 });
    this.context = canvas.getContext("2d", { alpha: false });
  }

  resize(width, height) {
    const fine = Math.min(2, window.devicePixelRatio || 1);
    this.canvas.width = Math.round(width * fine);
    this.canvas.height = Math.round(height * fine);
    this.fine = fine;
  }

  /** Draw a view. While it moves, a view of many branches is moved as it was drawn last. */
  paint(shape, camera, colours) {
    if (camera.isMoving && this.isKept(shape, camera)) return this.move(camera, colours);
    this.kept = null;
    if (!(this.curves > MANY)) return this.draw(this.context, shape, camera, colours);
    const [width, height] = [camera.width * (1 + 2 * AROUND), camera.height * (1 + 2 * AROUND)];
    this.spare ??= document.createElement("canvas");
    this.spare.width = Math.round(width * this.fine);
    this.spare.height = Math.round(height * this.fine);
    const [tx, ty] = [camera.tx + camera.width * AROUND, camera.ty + camera.height * AROUND];
    const { kx, ky, unit, whole, names, margin } = camera;
    const wider = { kx, ky, unit, whole, names, margin, tx, ty, width, height };
    this.draw(this.spare.getContext("2d", { alpha: false }), shape, wider, colours);
    this.kept = { ...wider, shape };
    return this.move(camera, colours);
  }

  /** Where on the screen what was drawn last belongs now. */
  whereKept(camera) {
    const { kx, ky, tx, ty, width, height } = this.kept;
    const [wide, high] = [camera.kx / kx, camera.ky / ky];
    return [camera.tx - tx * wide, camera.ty - ty * high, width * wide, height * high];
  }

  isKept(shape, camera) {
    if (this.kept?.shape !== shape) return false;
    const [x, y, width, height] = this.whereKept(camera);
    const larger = camera.ky / this.kept.ky;
    return larger > 0.6 && larger < 1.7 && x <= 0 && y <= 0 && x + width >= camera.width && y + height >= camera.height;
  }

  move(camera, colours) {
    const { context } = this;
    context.setTransform(this.fine, 0, 0, this.fine, 0, 0);
    context.drawImage(this.spare, ...this.whereKept(camera));
    if (this.aim > 0) this.ring(context, this.kept.shape, camera, this.aim, 13, colours.gold, 2);
  }

  draw(context, shape, camera, colours) {
    context.setTransform(this.fine, 0, 0, this.fine, 0, 0);
    context.fillStyle = colours.paper;
    context.fillRect(0, 0, camera.width, camera.height);
    const { paths, nodes, curves } = visible(shape, camera);
    Object.assign(this, { nodes, curves });
    context.lineCap = "round";
    this.trunk(context, shape, camera, colours);
    for (const { path, depth, width, own } of paths) {
      context.strokeStyle = colours.ranks[depth];
      context.lineWidth = width;
      context.globalAlpha = own || this.isAllAlike ? 1 : 0.5;
      context.stroke(path);
    }
    context.globalAlpha = 1;
    const isThere = (node) => node > 0 && shape.outline.isThere(node);
    if (isThere(this.chosen)) this.highlight(context, shape, camera, colours);
    for (const node of [...this.hits].filter(isThere)) this.ring(context, shape, camera, node, Math.max(6, Math.min(12, camera.unit / 2)), colours.gold, 2.5);
    const reach = mark(context, shape, camera, nodes, colours, this.pictures);
    const marked = new Set([...this.hits].filter(isThere).slice(0, 30));
    if (isThere(this.chosen)) marked.add(this.chosen);
    nameLeaves(context, shape, camera, nodes, colours, marked, reach);
    nameGroups(context, shape, camera, nodes, colours, this.chosen);
    if (this.aim > 0 && context === this.context) this.ring(context, shape, camera, this.aim, 13, colours.gold, 2);
  }

  /** The trunk of a round tree, or the root of an upright one. */
  trunk(context, shape, camera, colours) {
    const { kx, ky, tx, ty } = camera;
    const { leaves } = shape.outline;
    const wide = thickness(leaves, leaves, camera) / 2;
    const [x, y] = [shape.x[0] * kx + tx, shape.y[0] * ky + ty];
    context.fillStyle = colours.ranks[0];
    context.beginPath();
    if (shape.isRound) {
      const foot = y + Math.min(shape.radius * ky * 0.92, 4000);
      const flare = wide + Math.min(46, (foot - y) * 0.13);
      context.moveTo(x - wide, y);
      context.bezierCurveTo(x - wide * 1.2, foot - (foot - y) * 0.2, x - wide * 1.5, foot - 6, x - flare, foot);
      context.quadraticCurveTo(x - flare * 0.3, foot - 5, x, foot + 3);
      context.quadraticCurveTo(x + flare * 0.3, foot - 5, x + flare, foot);
      context.bezierCurveTo(x + wide * 1.5, foot - 6, x + wide * 1.2, foot - (foot - y) * 0.2, x + wide, y);
      context.arc(x, y, wide, 0, Math.PI, true);
    } else {
      context.moveTo(x, y - wide);
      context.quadraticCurveTo(x - 18, y - wide, x - 44, y - wide * 2.2);
      context.lineTo(x - 44, y + wide * 2.2);
      context.quadraticCurveTo(x - 18, y + wide, x, y + wide);
    }
    context.fill();
  }

  highlight(context, shape, camera, colours) {
    context.strokeStyle = colours.gold;
    context.lineWidth = 3.5;
    context.stroke(lineOf(shape, camera, this.chosen));
    this.ring(context, shape, camera, this.chosen, 9, colours.gold, 3);
  }

  ring(context, shape, camera, node, size, colour, width) {
    context.beginPath();
    context.arc(shape.x[node] * camera.kx + camera.tx, shape.y[node] * camera.ky + camera.ty, size, 0, TWO);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

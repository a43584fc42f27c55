// Names beside what they name, none over another.

const LONGEST = 40;
const SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, P052, Georgia, "Noto Serif", serif';
const ROOM = 9.3; // pixels between animals from which on they are named
const MOST = 45; // names of groups at once
const widths = new Map();

const cut = (name, longest = LONGEST) => (name.length > longest ? `${name.slice(0, longest - 1)}…` : name);

function widthOf(context, font, text) {
  const key = font + text;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 5000) widths.clear();
    context.font = font;
    widths.set(key, (width = context.measureText(text).width));
  }
  return width;
}

/** Name the groups in sight, the larger ones first, wherever there is room. */
export function nameGroups(context, shape, camera, nodes, colours, chosen) {
  const { outline, x, y } = shape;
  const { animals, depth, children, latin, start } = outline;
  const { kx, ky, tx, ty, width, height, unit } = camera;
  const taken = [];
  const rim = shape.isRound ? Infinity : shape.rings[7] * kx + tx - 8;
  const groups = nodes.filter((node) => {
    const span = animals[node] * unit;
    return children[node] && (node === chosen || (animals[node] > 1 ? span >= 26 : unit >= 30));
  });
  groups.sort((a, b) => (b === chosen) - (a === chosen) || depth[a] - depth[b] || animals[b] - animals[a]);
  Object.assign(context, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 5, strokeStyle: colours.paper });
  for (const node of groups.slice(0, 400)) {
    if (taken.length >= MOST) break;
    const size = Math.max(12, 18 - depth[node]);
    const font = `italic ${depth[node] < 4 ? 600 : 500} ${size}px ${SERIF}`;
    // A group whose branches are too fine to follow says how many there are.
    const isFine = outline.until === Infinity && unit < 3 && animals[node] > 1 && depth[node] >= 4;
    const text = cut(latin[node]) + (isFine ? ` · ${animals[node]}` : "");
    const wide = widthOf(context, font, text);
    let [sx, sy] = [x[node] * kx + tx, y[node] * ky + ty - 9];
    if (!shape.isRound) {
      // It stays in sight as long as anything below it does.
      sy = Math.max(start[node] * ky + ty + 8, Math.min((start[node] + animals[node]) * ky + ty - 4, Math.min(height - 12, Math.max(14, sy))));
      sx = Math.min(sx, rim - wide / 2);
    }
    const box = [sx - wide / 2 - 4, sy - size / 2 - 3, sx + wide / 2 + 4, sy + size / 2 + 3];
    if (box[2] < 0 || box[0] > width || box[3] < 0 || box[1] > height) continue;
    if (taken.some((one) => box[0] < one[2] && box[2] > one[0] && box[1] < one[3] && box[3] > one[1])) continue;
    taken.push(box);
    context.fillStyle = node === chosen ? colours.gold : colours.ranks[depth[node]];
    context.font = font;
    context.strokeText(text, sx, sy);
    context.fillText(text, sx, sy);
  }
  return taken;
}

/** Name the animals in sight, along their branches. */
export function nameLeaves(context, shape, camera, nodes, colours, marked, reach) {
  const { outline, x, y } = shape;
  const { children, names, latin } = outline;
  const { kx, ky, tx, ty, unit } = camera;
  const isRoomy = unit >= ROOM;
  const size = Math.min(16, Math.max(10, unit * 0.78));
  // Seen as a whole, a round tree has so much room around it; nearer, there is room enough.
  const room = shape.isRound && unit < camera.whole * 1.3 ? camera.margin - reach - 10 : Infinity;
  const longest = Math.min(LONGEST, Math.floor(room / (size * 0.56)));
  const [plain, slanted] = [`500 ${size}px ${SERIF}`, `italic ${size * 0.94}px ${SERIF}`];
  context.textBaseline = "middle";
  for (const node of isRoomy ? nodes : marked) {
    if (children[node] || node === 0) continue;
    const isMarked = marked.has(node);
    context.save();
    context.translate(x[node] * kx + tx, y[node] * ky + ty);
    let side = 1;
    if (shape.isRound) {
      const turn = shape.turn(node);
      side = Math.cos(turn) < 0 ? -1 : 1;
      context.rotate(side < 0 ? turn + Math.PI : turn);
    }
    context.textAlign = side < 0 ? "right" : "left";
    const parts = names[node] ? [[cut(names[node], longest), plain, isMarked ? colours.gold : colours.ink]] : [];
    const isWide = !shape.isRound ? camera.names > 200 : unit > 20;
    if (!parts.length || isWide) parts.push([cut(latin[node], longest), slanted, isMarked && !parts.length ? colours.gold : names[node] ? colours.soft : colours.ink]);
    let far = reach + 6;
    for (const [index, [text, font, colour]] of parts.entries()) {
      const wide = widthOf(context, font, text);
      if (index && far + wide > reach + room) break; // the Latin name beside another only where both have room
      context.font = font;
      context.fillStyle = colour;
      context.fillText(text, far * side, 0);
      far += wide + 7;
    }
    context.restore();
  }
}

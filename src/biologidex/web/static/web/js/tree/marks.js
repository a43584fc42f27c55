// A mark at the end of each branch: whose find it is, by shape as well as by colour, and its picture when it is near.

const TWO = Math.PI * 2;
const MARKED_FROM = 5; // pixels between animals
const PICTURED_FROM = 34;
const KINDS = ["other", "friend", "own"];

const kindOf = (outline, node) => (outline.own[node] ? "own" : outline.friends[node] ? "friend" : "other");

/** Draw the marks of a view; return how far one reaches. */
export function mark(context, shape, camera, nodes, colours, pictures) {
  const { outline, x, y } = shape;
  const { kx, ky, tx, ty, unit, width, height } = camera;
  if (unit < MARKED_FROM) return 3;
  const isNear = unit >= PICTURED_FROM;
  const small = Math.min(6, 1.2 + unit * 0.2);
  const large = Math.min(unit * 0.44, 40);
  const paths = {};
  for (const kind of KINDS) paths[kind] = { dots: new Path2D(), frames: new Path2D() };
  const wanted = [];
  for (const node of nodes) {
    const [sx, sy] = [x[node] * kx + tx, y[node] * ky + ty];
    if (sx < -large || sy < -large || sx > width + large || sy > height + large) continue;
    if (outline.children[node]) {
      if (unit > 14) joint(context, sx, sy, colours.ranks[outline.depth[node]]);
      continue;
    }
    const picture = isNear && pictures.of(outline.keys[node]);
    if (isNear) wanted.push(outline.keys[node]);
    if (picture) context.drawImage(picture, sx - large, sy - large, large * 2, large * 2);
    const [path, size] = [paths[kindOf(outline, node)][picture ? "frames" : "dots"], picture ? large : small];
    path.moveTo(sx + size, sy);
    path.arc(sx, sy, size, 0, TWO);
  }
  for (const kind of KINDS) strokes(context, paths[kind], kind, colours);
  pictures.want(wanted);
  return isNear ? large : small;
}

function joint(context, x, y, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 3.2, 0, TWO);
  context.fill();
}

/** One's own are filled, friends' are rings; pictures have a broad frame, or a broken one. */
function strokes(context, { dots, frames }, kind, colours) {
  const colour = colours.found[kind];
  context.strokeStyle = colour;
  context.fillStyle = kind === "friend" ? colours.paper : colour;
  context.lineWidth = kind === "friend" ? 2 : 1;
  context.fill(dots);
  context.stroke(dots);
  context.lineWidth = kind === "own" ? 3.5 : 2;
  if (kind === "friend") context.setLineDash([5, 3]);
  context.stroke(frames);
  context.setLineDash([]);
}

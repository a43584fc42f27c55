// The nodes of a tree in rows, level by level, fetched in parts. A branch has its place before its leaves are there.

const AT_ONCE = 2;
export const DEPTH = 7; // of a species; what is below one stands a step farther out

/** The tree as it is known so far. Node 0 is the root of all; `size` nodes have arrived. */
export class Outline {
  constructor({ nodes, ranks }) {
    const numbers = () => new Int32Array(nodes);
    Object.assign(this, { ranks, total: nodes, size: 0, next: 1, keys: [], latin: [], names: [], places: new Map() });
    this.parent = numbers();
    this.first = numbers();
    this.children = numbers();
    this.animals = numbers(); // at or below a node
    this.own = numbers();
    this.friends = numbers();
    this.since = numbers(); // the day of the first find at or below it
    this.until = Infinity; // what is later is not shown
    this.start = numbers(); // how many animals stand before its own
    this.filled = numbers(); // how many of its own stand below the children that have arrived, from `start` on
    this.depth = new Uint8Array(nodes);
  }

  add(rows) {
    for (const [key, rank, latin, name, animals, children, own, friends, since] of rows) {
      const node = this.size++;
      const above = this.parent[node];
      this.keys[node] = key;
      this.latin[node] = latin;
      this.names[node] = name && name.charAt(0).toUpperCase() + name.slice(1);
      this.places.set(key, node);
      this.animals[node] = animals;
      this.children[node] = children;
      this.own[node] = own;
      this.friends[node] = friends;
      this.since[node] = since;
      this.first[node] = this.next;
      this.parent.fill(node, this.next, this.next + children);
      this.next += children;
      if (node === 0) {
        this.leaves = animals;
        this.leafAt = new Int32Array(animals).fill(-1);
        continue;
      }
      this.start[node] = this.filled[node] = this.filled[above];
      this.filled[above] += animals;
      this.depth[node] = children ? this.ranks[rank] : Math.max(DEPTH, this.depth[above] + 1);
      if (!children) this.leafAt[this.start[node]] = node;
    }
  }

  isThere(node) {
    return this.since[node] <= this.until;
  }

  isLeaf(node) {
    return node > 0 && this.children[node] === 0;
  }

  line(node) {
    const line = [node];
    while (line[line.length - 1]) line.push(this.parent[line[line.length - 1]]);
    return line.reverse();
  }
}

async function part(address, number) {
  const answer = await fetch(`${address}&part=${number}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** Fetch a tree. `grown` is told of the outline after each part, and how much of it is there. */
export async function fetched(address, grown, again = true) {
  const first = await part(address, 0);
  const outline = new Outline(first);
  const parts = [first];
  for (let number = 0; number < first.parts; number++) {
    for (let ahead = number; ahead < Math.min(first.parts, number + AT_ONCE); ahead++) {
      parts[ahead] ??= part(address, ahead);
      parts[ahead].catch?.(() => {}); // told when its turn has come
    }
    const { mark, rows } = await parts[number];
    // Somebody has filed a card meanwhile: parts of two trees make none.
    if (mark !== first.mark) {
      if (again) return fetched(address, grown, false);
      throw new Error("changing");
    }
    outline.add(rows);
    grown(outline, outline.size / outline.total);
  }
  return outline;
}

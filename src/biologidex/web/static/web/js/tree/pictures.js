// Small round pictures of animals, fetched when they come near, the last few hundred kept.

const SIDE = 96; // pixels
const KEPT = 240;
const ASKED = 40; // at once
const PAUSE = 180; // milliseconds that the view must rest

export class Pictures {
  constructor(address, arrived) {
    Object.assign(this, { address, arrived, kept: new Map(), timer: 0, wanted: [] });
  }

  /** The picture of an animal, if it is here already. */
  of(key) {
    const picture = this.kept.get(key);
    if (picture) {
      this.kept.delete(key); // and back, as the latest
      this.kept.set(key, picture);
    }
    return picture;
  }

  want(keys) {
    this.wanted = keys.filter((key) => !this.kept.has(key)).slice(0, ASKED);
    clearTimeout(this.timer);
    if (this.wanted.length) this.timer = setTimeout(() => this.fetch(this.wanted), PAUSE);
  }

  async fetch(keys) {
    for (const key of keys) this.keep(key, null); // asked for: never twice
    try {
      const answer = await fetch(`${this.address}&n=${keys.join(",")}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const found = Object.entries(await answer.json());
      await Promise.all(found.map(([key, address]) => this.load(key, address)));
    } catch {
      for (const key of keys) this.kept.delete(key); // the line was lost: another time
    }
  }

  async load(key, address) {
    const image = new Image();
    image.src = address;
    try {
      await image.decode();
    } catch {
      return;
    }
    const round = document.createElement("canvas");
    round.width = round.height = SIDE;
    const context = round.getContext("2d");
    context.beginPath();
    context.arc(SIDE / 2, SIDE / 2, SIDE / 2, 0, Math.PI * 2);
    context.clip();
    const { naturalWidth: wide, naturalHeight: high } = image;
    const side = Math.min(wide, high);
    context.drawImage(image, (wide - side) / 2, (high - side) / 2, side, side, 0, 0, SIDE, SIDE);
    this.keep(key, round);
    this.arrived();
  }

  keep(key, picture) {
    this.kept.set(key, picture);
    for (const [oldest] of this.kept) {
      if (this.kept.size <= KEPT) break;
      this.kept.delete(oldest);
    }
  }
}

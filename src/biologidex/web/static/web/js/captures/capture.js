// A photo that waits on this device.

let last = 0;

/** What is kept of a file: whose it is, how it came, and where it was taken if the device told or its owner said so. */
export function captureOf(file, { owner, origin, place = null, isHeld = false, state = "waiting" }) {
  last = Math.max(last + 1, Date.now()); // photos that come together stay in their order
  return {
    id: uuid(), owner, origin, place, isHeld, name: file.name, blob: file, added: last, crops: [], state, sent: 0,
  };
}

function uuid() {
  if (globalThis.crypto?.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

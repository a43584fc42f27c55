// What a JPEG says of its own taking, for as long as it is on this device only: the server reads it anew, and more kinds.

const FIRST = 256 * 1024; // bytes in which it stands, if it stands there at all
const [START, APP1, SCAN] = [0xffd8, 0xffe1, 0xffda];
const [EXIF_FOLDER, GPS_FOLDER, TAKEN] = [0x8769, 0x8825, 0x9003];
const [NORTH_SOUTH, LATITUDE, EAST_WEST, LONGITUDE] = [1, 2, 3, 4];
const SIZES = [0, 1, 1, 2, 4, 8];

/** Where the EXIF block begins. */
function blockIn(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== START) return -1;
  for (let at = 2; at + 4 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === APP1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if (marker === SCAN || marker < 0xff00) return -1;
  }
  return -1;
}

function entriesAt(view, block, at, little) {
  const entries = new Map();
  const count = view.getUint16(at, little);
  for (let place = 0; place < count; place += 1) {
    const entry = at + 2 + 12 * place;
    const [kind, length] = [view.getUint16(entry + 2, little), view.getUint32(entry + 4, little)];
    const size = (SIZES[kind] ?? 0) * length;
    const value = size > 4 ? block + view.getUint32(entry + 8, little) : entry + 8;
    entries.set(view.getUint16(entry, little), { value, length });
  }
  return entries;
}

const textOf = (view, { value, length }) => String.fromCharCode(
  ...Array.from({ length: Math.min(length, 40) }, (_, place) => view.getUint8(value + place)).filter(Boolean),
);

function degreesOf(view, entry, half, little) {
  const [degrees, minutes, seconds] = [0, 8, 16].map((at) => (
    view.getUint32(entry.value + at, little) / view.getUint32(entry.value + at + 4, little)
  ));
  const told = degrees + minutes / 60 + seconds / 3600;
  return "SW".includes(textOf(view, half)) ? -told : told;
}

function placeIn(view, entries, little) {
  const wanted = [NORTH_SOUTH, LATITUDE, EAST_WEST, LONGITUDE].map((tag) => entries.get(tag));
  if (!wanted.every(Boolean)) return null;
  const latitude = degreesOf(view, wanted[1], wanted[0], little);
  const longitude = degreesOf(view, wanted[3], wanted[2], little);
  const isOnEarth = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude || longitude);
  return isOnEarth ? { latitude, longitude, source: "photo" } : null;
}

/** `{place, taken}`, each as the photo tells it or nothing. Never a guess, and never an error. */
export async function readExif(blob) {
  try {
    const view = new DataView(await blob.slice(0, FIRST).arrayBuffer());
    const block = blockIn(view);
    if (block < 0) return {};
    const little = view.getUint16(block) === 0x4949;
    const folder = (at) => entriesAt(view, block, block + view.getUint32(at, little), little);
    const main = folder(block + 4);
    const [exif, gps] = [EXIF_FOLDER, GPS_FOLDER].map((tag) => (main.has(tag) ? folder(main.get(tag).value) : new Map()));
    const taken = exif.has(TAKEN) ? textOf(view, exif.get(TAKEN)).match(/^(\d{4}):(\d\d):(\d\d)/) : null;
    return { place: placeIn(view, gps, little), taken: taken && taken[1] > "1825" ? taken.slice(1, 4).join("-") : null };
  } catch {
    return {};
  }
}

// What waits on this device to be sent, and what the worker remembers: kept in the browser's own database.
// Each photo belongs to whoever was signed in when it was taken, and is shown and sent for nobody else.

const NAME = "biologidex";
const CAPTURES = "captures";
const MEMORY = "memory";
export const ARRIVALS = "arrivals";
const MOST_ARRIVALS = 50;
let opening = null;

function opened() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(CAPTURES, { keyPath: "id" }).createIndex("owner", "owner");
      asked.result.createObjectStore(MEMORY);
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

/** Do something within one transaction. Resolves with the result once everything is written. */
async function within(table, mode, work) {
  const database = await opened();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(table, mode);
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
    work(transaction.objectStore(table), (value) => { result = value; });
  });
}

const read = (table, ask) => within(table, "readonly", (rows, tell) => {
  const asked = ask(rows);
  asked.onsuccess = () => tell(asked.result);
});

/** Where the browser keeps nothing (a private window, a full disk), photos last as long as the page. */
const volatile = new Map();

/** The photos of a person, in the order in which they came. */
export async function capturesOf(owner) {
  const kept = await read(CAPTURES, (rows) => rows.index("owner").getAll(owner)).catch(() => []);
  const found = [...kept, ...[...volatile.values()].filter((one) => one.owner === owner)];
  return found.sort((one, other) => one.added - other.added);
}

export const find = async (id) => volatile.get(id) ?? read(CAPTURES, (rows) => rows.get(id));

/** Keep a photo. Resolves with whether it outlasts the page. */
export async function keep(capture) {
  try {
    await within(CAPTURES, "readwrite", (rows) => rows.put(capture));
    return true;
  } catch {
    volatile.set(capture.id, capture);
    return false;
  }
}

export async function remove(id) {
  if (!volatile.delete(id)) await within(CAPTURES, "readwrite", (rows) => rows.delete(id));
}

export const removeAllOf = (owner) => within(CAPTURES, "readwrite", (rows) => {
  rows.index("owner").getAllKeys(owner).onsuccess = ({ target }) => target.result.forEach((id) => rows.delete(id));
});

/** Change some of what is kept of a photo. Nothing happens, and nothing is returned, if it has been removed. */
export async function change(id, changes) {
  if (volatile.has(id)) {
    volatile.set(id, { ...volatile.get(id), ...changes });
    return volatile.get(id);
  }
  return within(CAPTURES, "readwrite", (rows, tell) => {
    const asked = rows.get(id);
    asked.onsuccess = () => {
      if (!asked.result) return;
      const changed = { ...asked.result, ...changes };
      rows.put(changed);
      tell(changed);
    };
  });
}

export const remembered = (what) => read(MEMORY, (rows) => rows.get(what));

export const remember = (what, value) => within(MEMORY, "readwrite", (rows) => rows.put(value, what));

/** Remember a photo that has arrived, for pages that are on their way just now: they know of it neither way. */
export const noteArrival = (arrival) => within(MEMORY, "readwrite", (rows) => {
  rows.get(ARRIVALS).onsuccess = ({ target }) => {
    rows.put([...(target.result ?? []), arrival].slice(-MOST_ARRIVALS), ARRIVALS);
  };
});

/** What has arrived for a person since a moment, in milliseconds of this device's clock. */
export async function arrivalsSince(owner, since) {
  const arrivals = await remembered(ARRIVALS).catch(() => null) ?? [];
  return arrivals.filter((one) => one.owner === owner && one.at >= since);
}

// Every page's part of being an app: the service worker is registered, a new version offers itself and comes when it is
// let in, and who signs out with photos that have not been sent is asked what becomes of them.

const app = document.getElementById("app");
const { worker, person } = app.dataset;
const container = navigator.serviceWorker;
// Whether it came without the worker's help, which may have begun since.
const pageIsFresh = !performance.getEntriesByType("navigation")[0]?.workerStart;

const say = (sentence) => document.dispatchEvent(new CustomEvent("announce", { detail: sentence }));

/** Show a piece of the page that waits in the template. */
function shown(name) {
  const piece = app.content.querySelector(`[data-piece="${name}"]`).cloneNode(true);
  document.body.append(piece);
  return piece;
}

if ("kept" in document.body.dataset) document.getElementById("content").prepend(shown("kept"));

function offer(waiting) {
  if (document.querySelector(".new-version")) return;
  const note = shown("new-version");
  say(note.querySelector("span").textContent);
  note.querySelector("[data-later]").addEventListener("click", () => note.remove());
  note.querySelector("[data-reload]").addEventListener("click", () => {
    container.addEventListener("controllerchange", () => window.location.reload(), { once: true });
    waiting.postMessage({ type: "take over" });
  });
}

function watch(registration) {
  if (registration.waiting && container.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && container.controller) offer(coming);
    });
  });
}

async function register() {
  watch(await container.register(worker, { type: "module", updateViaCache: "none" }));
  const { active } = await container.ready;
  if (pageIsFresh) active.postMessage({ type: "opened", url: window.location.href });
  if (person) active.postMessage({ type: "send" });
}

if (container && worker) {
  // After the page is there: it matters more. Browsers without modules in workers do without; so do private windows.
  const begin = () => register().catch(() => {});
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
}

const form = document.querySelector("form[data-leaves]");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const store = await import("./captures/store.js").catch(() => null);
  const unsent = await store?.capturesOf(person).then((all) => all.filter((one) => !one.photo)).catch(() => []);
  if (!unsent?.length) {
    form.submit();
    return;
  }
  const dialog = shown("unsent");
  dialog.querySelector("[data-count]").textContent = unsent.length;
  dialog.addEventListener("close", async () => {
    dialog.remove();
    delete form.dataset.sent;
    if (dialog.returnValue === "remove") await store.removeAllOf(person);
    if (dialog.returnValue) form.submit();
  });
  dialog.showModal();
});

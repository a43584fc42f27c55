// What every page does once scripts run: announce, show passwords, close the menu, show errors of htmx.

const announcer = document.getElementById("announcer");

/** Tell people who do not see the screen what has changed. */
function announce(sentence) {
  if (announcer && announcer.textContent !== sentence) announcer.textContent = sentence;
}
document.addEventListener("announce", (event) => announce(event.detail));

for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-pressed", String(shown));
  });
}

const menu = document.querySelector(".menu");
if (menu) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// What is wrong with a form is what the person came back for.
const wrong = document.querySelector("[aria-invalid='true']");
if (wrong) wrong.focus();
else document.querySelector("main .problem")?.scrollIntoView({ block: "center" });

// An error that is meant to be seen says where it goes; any other leaves the page as it is.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400) event.detail.shouldSwap = Boolean(xhr.getResponseHeader("HX-Retarget"));
});
document.addEventListener("htmx:afterSwap", (event) => {
  const changed = event.detail.elt;
  const speaking = changed.matches?.("[data-announce]") ? changed : changed.querySelector?.("[data-announce]");
  if (speaking) announce(speaking.dataset.announce);
});

// Nobody sends the same form twice by pressing twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A choice that needs no button.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
});

// Search as you type: a combobox with a list of options (ARIA 1.2). What is chosen becomes a choice of the form #confirm.

let takesFirst = false; // Enter was pressed before the answer to the latest words was there

const inputOf = (picker) => picker.querySelector("[role='combobox']");
const listOf = (picker) => picker.querySelector("[role='listbox']");
const optionsOf = (picker) => [...listOf(picker).querySelectorAll("[role='option']:not([aria-disabled='true'])")];

function show(picker, isOpen) {
  listOf(picker).hidden = !isOpen;
  inputOf(picker).setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) point(picker, null);
}

/** Move the mark to an option, or take it away; the focus stays in the field. */
function point(picker, option) {
  for (const one of optionsOf(picker)) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    inputOf(picker).setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else inputOf(picker).removeAttribute("aria-activedescendant");
}

function step(picker, by) {
  const options = optionsOf(picker);
  if (!options.length) return;
  const now = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const next = now < 0 ? (by > 0 ? 0 : options.length - 1) : (now + by + options.length) % options.length;
  show(picker, true);
  point(picker, options[next]);
}

function choose(picker, option) {
  takesFirst = false;
  const listed = document.querySelector(`input[name="taxon"][value="${option.dataset.taxon}"]:not(#extra input)`);
  const extra = picker.querySelector("#extra");
  extra.replaceChildren(...(listed ? [] : [option.querySelector("template").content.cloneNode(true)]));
  const radio = listed ?? extra.querySelector("input");
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  inputOf(picker).value = option.dataset.name;
  show(picker, false);
}

const isUpToDate = (picker) =>
  listOf(picker).querySelector("[data-query]")?.dataset.query === inputOf(picker).value.trim();

function takeFirst(picker) {
  const marked = optionsOf(picker).find((one) => one.getAttribute("aria-selected") === "true");
  if (marked) choose(picker, marked);
  else if (!isUpToDate(picker)) takesFirst = true;
  else if (optionsOf(picker).length) choose(picker, optionsOf(picker)[0]);
}

const KEYS = {
  ArrowDown: (picker) => step(picker, 1),
  ArrowUp: (picker) => step(picker, -1),
  Enter: takeFirst,
};

document.addEventListener("keydown", (event) => {
  const picker = event.target.closest?.("[role='combobox']")?.closest("[data-picker]");
  if (!picker) return;
  if (KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key](picker);
  } else if (event.key === "Escape" && !listOf(picker).hidden) {
    event.preventDefault();
    show(picker, false);
  }
});

// Without scripts the form asks for the page again; with them nothing that was typed elsewhere is lost.
document.addEventListener("submit", (event) => {
  const picker = event.target.closest("[data-picker]");
  if (!picker) return;
  event.preventDefault();
  takeFirst(picker);
});

document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("[role='option']")) event.preventDefault(); // the focus stays in the field
});
document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-picker] [role='option'][data-taxon]");
  if (option) choose(option.closest("[data-picker]"), option);
});
document.addEventListener("focusout", (event) => {
  const picker = event.target.closest?.("[role='combobox']")?.closest("[data-picker]");
  if (picker) show(picker, false);
});
document.addEventListener("focusin", (event) => {
  const picker = event.target.closest?.("[role='combobox']")?.closest("[data-picker]");
  if (picker && listOf(picker).children.length && isUpToDate(picker)) show(picker, true);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const list = event.detail.target;
  const picker = list?.closest?.("[data-picker]");
  if (!picker || list !== listOf(picker)) return;
  show(picker, list.children.length > 0 && document.activeElement === inputOf(picker));
  if (takesFirst && isUpToDate(picker)) takeFirst(picker);
});

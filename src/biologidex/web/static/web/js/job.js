// Choosing an animal: the bar below names what is chosen, and the search listens to the keyboard.

const picked = document.getElementById("picked");
const find = document.getElementById("find");
const results = document.getElementById("results");
let takesFirst = false; // Enter was pressed before the answer to the latest words was there

function showPicked() {
  const choice = document.querySelector("input[name='taxon']:checked")?.closest(".choice");
  const name = choice?.querySelector(".choice-name").textContent ?? picked.dataset.none;
  if (picked.textContent !== name) picked.textContent = name;
}

function takeFirst() {
  takesFirst = false;
  const first = results.querySelector("input");
  if (!first) return;
  first.click();
  first.focus();
}

const isUpToDate = () => results.querySelector("[data-query]")?.dataset.query === find.value.trim();

document.addEventListener("change", (event) => {
  if (event.target.name === "taxon") showPicked();
});

find.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" && results.querySelector("input")) {
    event.preventDefault();
    takeFirst();
  }
});

// Without scripts the form asks for the page again; with them nothing that was typed elsewhere is lost.
find.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isUpToDate()) takeFirst();
  else takesFirst = true;
});

results.addEventListener("htmx:afterSwap", () => {
  showPicked();
  if (takesFirst && isUpToDate()) takeFirst();
});

const date = document.querySelector("input[name='catch_date']");
const source = document.getElementById("date-source");
const told = source.textContent;
date.addEventListener("input", () => {
  source.textContent = date.value && date.value !== date.defaultValue ? "Set by you." : told;
});

showPicked(); // after going back, the browser may have chosen again what was chosen before

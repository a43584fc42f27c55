// Choosing an animal: the bar below names what is chosen.

import "./picker.js";

function showPicked() {
  const picked = document.getElementById("picked");
  if (!picked) return;
  const choice = document.querySelector("input[name='taxon']:checked")?.closest(".choice");
  const name = choice?.querySelector(".choice-name").textContent ?? picked.dataset.none;
  if (picked.textContent !== name) picked.textContent = name;
}

document.addEventListener("change", (event) => {
  if (event.target.name === "taxon") showPicked();
});
document.addEventListener("htmx:afterSwap", showPicked);

document.addEventListener("input", (event) => {
  const source = document.getElementById("date-source");
  if (event.target.name !== "catch_date" || !source) return;
  source.dataset.told ??= source.textContent;
  const isChanged = event.target.value && event.target.value !== event.target.defaultValue;
  source.textContent = isChanged ? source.dataset.yours : source.dataset.told;
});

showPicked(); // after going back, the browser may have chosen again what was chosen before

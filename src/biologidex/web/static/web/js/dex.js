// The dex: whoever loads more cards by the keyboard goes on at the first of them.

let goesOn = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  goesOn = event.detail.target.classList.contains("whole-row") && event.detail.target.contains(document.activeElement);
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (!goesOn) return;
  goesOn = false;
  event.detail.elt.querySelector?.("a")?.focus();
});

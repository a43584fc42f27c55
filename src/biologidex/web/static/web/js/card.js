// The photos of a card: chosen by a press or the arrow keys, without another page.

const gallery = document.getElementById("gallery");
const large = document.getElementById("large");
const choices = [...gallery.querySelectorAll("a[data-large]")];

function show(choice) {
  for (const one of choices) one.removeAttribute("aria-current");
  choice.setAttribute("aria-current", "true");
  large.width = choice.dataset.width;
  large.height = choice.dataset.height;
  large.src = choice.dataset.large;
  document.dispatchEvent(new CustomEvent("announce", { detail: choice.dataset.says }));
  history.replaceState(null, "", choice.getAttribute("href"));
}

gallery.addEventListener("click", (event) => {
  const choice = event.target.closest("a[data-large]");
  if (!choice || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(choice);
});

gallery.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const now = choices.findIndex((one) => one.hasAttribute("aria-current"));
  const next = choices[(now + step + choices.length) % choices.length];
  next.focus();
  show(next);
});

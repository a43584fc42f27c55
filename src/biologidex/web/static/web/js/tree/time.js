// How the tree grew: a slider over the days on which animals came to it.

const DAY = 86_400_000;

/** Let the slider choose until when the tree is shown. */
export function travel(box, outline, changed) {
  const [slider, told] = [box.querySelector("input"), box.querySelector("p")];
  const counts = new Map();
  for (const leaf of outline.leafAt) counts.set(outline.since[leaf], (counts.get(outline.since[leaf]) ?? 0) + 1);
  const days = [...counts.keys()].sort((a, b) => a - b);
  if (days.length < 2) return;
  let total = 0;
  const totals = days.map((day) => (total += counts.get(day)));
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  const tell = () => {
    const place = Number(slider.value);
    const words = { count: totals[place], total, day: format.format(days[place] * DAY) };
    told.textContent = box.dataset.told.replace(/\{(\w+)\}/g, (_, name) => words[name]);
    slider.setAttribute("aria-valuetext", told.textContent);
    outline.until = place === days.length - 1 ? Infinity : days[place];
  };
  slider.max = slider.value = days.length - 1;
  slider.addEventListener("input", () => { tell(); changed(); });
  tell();
  box.hidden = false;
}

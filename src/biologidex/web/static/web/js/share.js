// A link that was just made: copied, or handed to the device's own way of passing things on.

const copy = document.getElementById("copy");
const pass = document.getElementById("pass-on");
const field = document.getElementById("address");

if (copy && field) {
  field.addEventListener("focus", () => field.select());
  copy.addEventListener("click", async () => {
    field.focus();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // on a page that came without encryption
    }
    copy.querySelector("span").textContent = copy.dataset.done;
    document.dispatchEvent(new CustomEvent("announce", { detail: copy.dataset.done }));
  });
}
if (pass && field && navigator.share) {
  pass.hidden = false;
  pass.addEventListener("click", () => {
    navigator.share({ title: pass.dataset.title, url: field.value }).catch(() => {}); // closed without choosing
  });
}

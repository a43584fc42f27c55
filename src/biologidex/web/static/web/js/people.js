// Links that are copied or given to another app. What is said stands in the page.

function announce(sentence) {
  document.dispatchEvent(new CustomEvent("announce", { detail: sentence }));
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const words = button.lastChild.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copies);
    } catch {
      return; // not allowed here: the link can still be read
    }
    announce(button.dataset.done);
    button.lastChild.textContent = button.dataset.done;
    setTimeout(() => (button.lastChild.textContent = words), 4000);
  });
}

for (const button of document.querySelectorAll("[data-shares]")) {
  if (!navigator.share) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.share({ title: button.dataset.title, url: button.dataset.shares }).catch(() => {});
  });
}

// A picture is given as a file where the device can, so that it arrives in the other app as a picture.
for (const button of document.querySelectorAll("[data-gives]")) {
  const probe = new File([""], button.dataset.name, { type: "image/png" });
  if (!navigator.canShare?.({ files: [probe] })) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const answer = await fetch(button.dataset.gives);
    const file = new File([await answer.blob()], button.dataset.name, { type: "image/png" });
    navigator.share({ files: [file] }).catch(() => {});
  });
}

// The picture of a tree as PNG: the server draws it, the browser makes dots of it.

async function dotsOf(drawing) {
  const address = URL.createObjectURL(new Blob([drawing], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext("2d").drawImage(image, 0, 0);
    return await new Promise((done) => canvas.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Share the picture where the device can, else save it. */
export async function share(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  const name = /filename="([^"]+)\.svg"/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "tree-of-life";
  const file = new File([await dotsOf(await answer.text())], `${name}.png`, { type: "image/png" });
  const isHand = window.matchMedia("(pointer: coarse)").matches;
  if (isHand && navigator.canShare?.({ files: [file] })) {
    try {
      return await navigator.share({ files: [file] });
    } catch (refused) {
      if (refused.name === "AbortError") return undefined;
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  return undefined;
}

// A camera in the page, for computers: there the camera button would only open another list of files.

const input = document.getElementById("camera");
const dialog = document.getElementById("viewfinder");
const video = dialog.querySelector("video");
const isComputer = window.matchMedia("(hover: hover) and (pointer: fine)").matches;
let stream = null;

async function open() {
  stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
  });
  video.srcObject = stream;
  dialog.showModal();
  await video.play();
}

function close() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
}

function shoot() {
  if (!video.videoWidth) return;
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => {
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    const file = new File([blob], `camera-${stamp}.jpg`, { type: "image/jpeg" });
    document.dispatchEvent(new CustomEvent("shot", { detail: file }));
    dialog.close();
  }, "image/jpeg", 0.92);
}

if (isComputer && navigator.mediaDevices?.getUserMedia) {
  input.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await open();
    } catch {
      close();
      document.dispatchEvent(new CustomEvent("announce", { detail: dialog.dataset.none }));
      input.parentElement.querySelector(".hint").textContent = dialog.dataset.none;
    }
  });
  dialog.querySelector("[data-shoot]").addEventListener("click", shoot);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", close);
}

// Photos become tiles at once, and are sent two at a time. Without this script the form sends them by itself.

const form = document.getElementById("capture");
const files = document.getElementById("files");
const camera = document.getElementById("camera");
const consent = document.getElementById("consent-box");
const hint = document.getElementById("consent-hint");
const waiting = document.getElementById("waiting");
const tips = document.getElementById("tips");
const tiles = document.getElementById("tiles");
const blank = document.getElementById("new-tile");
const AT_ONCE = 2;
const MEGABYTE = 1024 * 1024;
const JUST_TAKEN = 2 * 60 * 1000; // milliseconds; an older file was not taken by the camera here and now
const PATIENCE = 8000; // milliseconds to wait for a place
const queue = [];
let sending = 0;

const say = (sentence) => document.dispatchEvent(new CustomEvent("announce", { detail: sentence }));

/** Where the device is, or nothing: asked at the shutter, and only with consent. */
function whereIAm() {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve(coords),
      (error) => {
        if (error.code === error.PERMISSION_DENIED) {
          consent.checked = false;
          hint.textContent = "The browser did not share the place. You can allow it in its settings.";
        }
        resolve(null);
      },
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
    );
  });
}

class Upload {
  constructor(file, place) {
    this.file = file;
    this.place = place;
    this.row = blank.content.firstElementChild.cloneNode(true);
    this.tile = this.row.querySelector(".tile");
    this.title = this.row.querySelector(".tile-title");
    this.why = this.row.querySelector(".tile-why");
    this.bar = this.row.querySelector("progress");
    this.actions = this.row.querySelector(".actions");
    this.row.querySelector(".tile-name").textContent = file.name;
    this.row.querySelector("[data-again]").addEventListener("click", () => this.again());
    this.row.querySelector("[data-drop]").addEventListener("click", () => this.drop());
    this.preview();
  }

  preview() {
    const image = this.row.querySelector("img");
    this.address = URL.createObjectURL(this.file);
    image.addEventListener("load", () => { image.hidden = false; });
    image.addEventListener("error", () => image.remove()); // a format that only the server can read
    image.src = this.address;
  }

  forget() {
    URL.revokeObjectURL(this.address);
  }

  drop() {
    this.forget();
    this.row.remove();
    showTiles();
  }

  again() {
    this.tile.classList.remove("failed");
    this.actions.hidden = true;
    this.why.hidden = true;
    this.bar.hidden = false;
    this.bar.value = 0;
    this.title.textContent = "Waiting to be sent";
    queue.push(this);
    next();
  }

  fail(sentence, isFinal = false) {
    this.tile.classList.add("failed");
    this.title.textContent = isFinal ? "Not taken" : "Not sent yet";
    this.why.textContent = sentence;
    this.why.hidden = false;
    this.bar.hidden = true;
    this.actions.hidden = false;
    this.row.querySelector("[data-again]").hidden = isFinal; // the same file would do no better
    say(`${this.file.name}: ${sentence}`);
  }

  async send() {
    const most = Number(form.dataset.maxMb);
    if (this.file.size > most * MEGABYTE) {
      this.fail(`This file is larger than the ${most} MB that this server takes.`, true);
      return;
    }
    if (this.place) this.title.textContent = "Finding out where you are";
    const where = await this.place;
    this.title.textContent = "Sending";
    const { status, answer } = await this.post(this.body(where));
    if (status === 201 && answer) this.sent(answer);
    else this.fail(answer?.detail ?? sentenceFor(status), status === 400 || status === 413);
  }

  body(where) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    if (where) {
      body.append("latitude", where.latitude);
      body.append("longitude", where.longitude);
      body.append("accuracy", where.accuracy);
    }
    body.append("image", this.file);
    return body;
  }

  post(body) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("POST", form.action || window.location.pathname);
      request.setRequestHeader("Accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) this.bar.value = event.loaded / event.total;
      });
      request.upload.addEventListener("load", () => {
        this.title.textContent = "Reading the photo";
        this.bar.removeAttribute("value");
      });
      request.addEventListener("loadend", () => {
        let answer = null;
        try { answer = JSON.parse(request.responseText); } catch { /* an answer of a server in between */ }
        resolve({ status: request.status, answer });
      });
      request.send(body);
    });
  }

  sent(answer) {
    document.getElementById(`tile-${answer.job}`)?.remove(); // the same photo, given before
    this.title.textContent = "Looking closely";
    const arrived = () => {
      this.forget();
      if (this.row.isConnected) this.title.textContent = "Arrived. Reload the page to see the answer.";
    };
    window.htmx.ajax("GET", answer.tile, { target: this.row, swap: "outerHTML" }).then(arrived, arrived);
  }
}

function sentenceFor(status) {
  if (status === 0) return "The connection was lost before the photo arrived.";
  if (status === 413) return "This file is larger than the server takes.";
  if (status === 403) return "This page is too old. Reload it and try again.";
  return "The server could not take this photo just now.";
}

async function next() {
  if (sending >= AT_ONCE) return;
  const upload = queue.shift();
  if (!upload) return;
  sending += 1;
  try {
    await upload.send();
  } finally {
    sending -= 1;
    next();
  }
}

function showTiles() {
  waiting.hidden = tiles.children.length === 0;
  tips.hidden = !waiting.hidden;
}

function take(chosen, place = null) {
  if (chosen.length === 0) return;
  const uploads = chosen.map((file) => new Upload(file, place));
  tiles.prepend(...uploads.map((upload) => upload.row));
  queue.push(...uploads);
  for (let one = 0; one < AT_ONCE; one += 1) next();
  showTiles();
  say(`${chosen.length} photo${chosen.length === 1 ? "" : "s"} added`);
}

/** Take photos from the camera: with the place, if they were taken just now and the person wants it. */
function takeFromCamera(chosen) {
  const fresh = chosen.every((file) => Date.now() - file.lastModified < JUST_TAKEN);
  take(chosen, fresh && consent.checked ? whereIAm() : null);
}

files.addEventListener("change", () => { take([...files.files]); files.value = ""; });
camera.addEventListener("change", () => { takeFromCamera([...camera.files]); camera.value = ""; });
document.addEventListener("shot", (event) => takeFromCamera([event.detail]));

if (navigator.geolocation && window.isSecureContext) {
  consent.checked = localStorage.getItem("place") === "yes";
  consent.addEventListener("change", async () => {
    localStorage.setItem("place", consent.checked ? "yes" : "no");
    if (consent.checked) await whereIAm(); // asks now, while the person is looking
  });
} else {
  document.getElementById("consent").hidden = true;
}

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
document.addEventListener("dragenter", (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  document.documentElement.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (!carriesFiles(event)) return;
  depth -= 1;
  if (depth <= 0) document.documentElement.classList.remove("dropping");
});
document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  depth = 0;
  document.documentElement.classList.remove("dropping");
  take([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => {
  const pasted = [...(event.clipboardData?.files ?? [])];
  if (pasted.length) take(pasted);
});
window.addEventListener("beforeunload", (event) => {
  if (sending || queue.length) event.preventDefault();
});

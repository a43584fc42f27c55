// Photos that another app shares with us wait for a yes on the page: another site can send such a form as well, and
// here nobody can tell which of them it was.

import { captureOf } from "../captures/capture.js";
import { keep, remembered } from "../captures/store.js";

export async function share({ request }, nobody) {
  const person = await remembered("person");
  if (!person || person === nobody) return fetch(request); // the server asks to sign in
  const told = await request.formData();
  const files = told.getAll("image").filter((one) => one instanceof File && one.size > 0);
  const kept = await Promise.all(files.map((file) => keep(captureOf(file, { owner: person, origin: "share", state: "shared" }))));
  return Response.redirect(kept.every(Boolean) ? "/capture/?shared" : "/capture/share/", 303);
}

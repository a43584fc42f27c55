// Where the device is: asked at the shutter and never before, and only if its owner said yes here.

const PATIENCE = 8000; // milliseconds to wait for a place

export const canTell = () => Boolean(navigator.geolocation && window.isSecureContext);

/** The place and how far off it may be, or why there is none: `denied` or `unavailable`. */
export function whereIAm() {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => resolve({ place: { latitude, longitude, accuracy, source: "device" } }),
      (error) => resolve({ why: error.code === error.PERMISSION_DENIED ? "denied" : "unavailable" }),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
    );
  });
}

/** What its owner answered when asked: `yes`, `no`, or nothing yet. Each person has an answer of their own. */
export class Consent {
  constructor(person) {
    this.key = `place-${person}`;
  }

  get answer() {
    return localStorage.getItem(this.key);
  }

  set answer(word) {
    localStorage.setItem(this.key, word);
  }
}

/** 40.41678° N, 3.70379° W */
export function written({ latitude, longitude }) {
  const part = (degrees, [plus, minus]) => `${Math.abs(degrees).toFixed(5)}° ${degrees >= 0 ? plus : minus}`;
  return `${part(latitude, "NS")}, ${part(longitude, "EW")}`;
}

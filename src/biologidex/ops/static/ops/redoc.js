"use strict";

const reference = document.querySelector("#reference");

// The one address in ReDoc's files that is not ours: its maker's logo. It becomes our own icon, whichever of the
// two ways there are sets it.
const ours = (address) =>
  new URL(address, document.baseURI).origin === location.origin ? address : reference.dataset.icon;
const images = HTMLImageElement.prototype;
const { get, set } = Object.getOwnPropertyDescriptor(images, "src");
Object.defineProperty(images, "src", {
  get,
  set(address) {
    set.call(this, ours(address));
  },
});
images.setAttribute = function (name, value) {
  Element.prototype.setAttribute.call(this, name, name === "src" ? ours(value) : value);
};

Redoc.init(reference.dataset.schema, { nativeScrollbars: true }, reference);

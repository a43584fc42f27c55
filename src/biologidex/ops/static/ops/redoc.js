"use strict";

const reference = document.querySelector("#reference");

// The one address in ReDoc's files that is not ours: its maker's logo. It becomes our own icon.
const { setAttribute } = Element.prototype;
HTMLImageElement.prototype.setAttribute = function (name, value) {
  const ours = name === "src" && new URL(value, document.baseURI).origin !== location.origin;
  setAttribute.call(this, name, ours ? reference.dataset.icon : value);
};

Redoc.init(reference.dataset.schema, { hideDownloadButton: false, nativeScrollbars: true }, reference);

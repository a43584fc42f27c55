"use strict";

const reference = document.querySelector("#reference");

SwaggerUIBundle({
  url: reference.dataset.schema,
  domNode: reference,
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  validatorUrl: null, // or it would ask its maker's server
  requestInterceptor(request) {
    // Whoever is signed in on our pages may try calls with their cookie; writing needs the page's token.
    if (new URL(request.url, document.baseURI).origin === location.origin) {
      request.headers["X-CSRFToken"] = reference.dataset.token;
    }
    return request;
  },
});

// Draws the OpenAPI document with Swagger UI, which is served from here like everything else.
const target = document.getElementById("api-docs");

SwaggerUIBundle({
  domNode: target,
  url: target.dataset.schemaUrl,
  deepLinking: true,
  // Nothing may be sent to another host, not even for a badge.
  validatorUrl: null,
});

// Swagger UI on the station's own description; sign in at / first, the cookie counts here too.
SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });

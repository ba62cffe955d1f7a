// The station serves the result under a content security policy without inline script or style, and with no network.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));

/** Swagger UI's own files beside our docs page, so that /docs works with no network. */
function swagger() {
  return {
    name: "swagger-files",
    writeBundle(options) {
      const from = join(here, "node_modules", "swagger-ui-dist");
      const to = join(options.dir, "swagger");
      mkdirSync(to, { recursive: true });
      for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"]) {
        copyFileSync(join(from, name), join(to, name));
      }
    },
  };
}

export default defineConfig({
  plugins: [swagger()],
  build: { assetsInlineLimit: 0, target: "es2022", modulePreload: { polyfill: false }, chunkSizeWarningLimit: 800 },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8137", ws: true } } },
});

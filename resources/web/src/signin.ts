// Signing in: the token comes by the address's fragment, which reaches no server log, or is typed.
import { post, Problem } from "./api";
import { h } from "./dom";

/** Sign in with the token in the address, when there is one, and take it out of the address. */
export async function fromAddress(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  await post("/auth/session", { token }).catch(() => undefined); // the form will ask
}

/** Ask for the token until the station takes it. */
export function askForToken(): Promise<void> {
  return new Promise((resolve) => {
    const token = h("input", { type: "password", id: "token", autocomplete: "off", required: true, spellcheck: false });
    const told = h("p", { className: "bad", role: "alert" });
    const form = h("form", {}, h("h1", {}, "Kestrel"), h("p", { className: "dim" }, "This station asks for its token. It was printed when the station started, and lies in the file api-token in its data folder."),
      h("label", { for: "token" }, "Token"), token, told, h("button", { type: "submit", className: "primary" }, "Sign in"));
    const dialog = h("dialog", { className: "signin" }, form);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      post("/auth/session", { token: token.value.trim() }).then(() => { dialog.remove(); resolve(); }, (error: unknown) => {
        told.textContent = error instanceof Problem && error.status === 401 ? "That is not this station's token." : String(error instanceof Error ? error.message : error);
      });
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

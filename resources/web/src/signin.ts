// Signing in: a token or a pairing's code comes by the address's fragment, which reaches no server log; or it is typed.
import { ask, post, Problem } from "./api";
import { h } from "./dom";

/** Sign in with what is in the address, when there is something, and take it out of the address. */
export async function fromAddress(): Promise<void> {
  const given = new URLSearchParams(location.hash.slice(1)), token = given.get("token"), code = given.get("pair");
  if (!token && !code) return;
  history.replaceState(null, "", location.pathname);
  await post("/auth/session", token ? { token } : { code }).catch(() => undefined); // the form will ask
}

export async function signOut(): Promise<void> {
  await ask("DELETE", "/auth/session");
  location.reload();
}

interface Way { title: string; fields: [name: string, label: string, type: string, autocomplete: string][]; hint: string }
const WAYS: Way[] = [
  { title: "Account", fields: [["name", "Name", "text", "username"], ["password", "Password", "password", "current-password"]], hint: "Accounts are made by who runs the station." },
  { title: "Token", fields: [["token", "Token", "password", "off"]], hint: "It was printed when the station started, and lies in the file api-token in its data folder." },
  { title: "Code", fields: [["code", "Code", "text", "one-time-code"]], hint: "Twelve letters and digits, shown by the station for this device." },
];

/** Ask for name and password, the token or a code until the station takes it. */
export function signIn(): Promise<void> {
  return new Promise((resolve) => {
    const fields = h("div", { className: "fields" }), hint = h("p", { className: "dim" }), told = h("p", { className: "bad", role: "alert" });
    const ways = h("div", { className: "ways", role: "group", "aria-label": "Way to sign in" });
    const form = h("form", {}, h("h1", {}, "Kestrel"), ways, fields, hint, told, h("button", { type: "submit", className: "primary" }, "Sign in"));
    const choose = (way: Way): void => {
      ways.replaceChildren(...WAYS.map((one) => {
        const button = h("button", { type: "button", "aria-pressed": String(one === way) }, one.title);
        button.addEventListener("click", () => choose(one));
        return button;
      }));
      fields.replaceChildren(...way.fields.flatMap(([name, label, type, autocomplete]) => [
        h("label", { for: `sign-${name}` }, label),
        h("input", { id: `sign-${name}`, name, type, autocomplete, required: true, spellcheck: false, autocapitalize: "off" })]));
      hint.textContent = way.hint;
      told.textContent = "";
    };
    choose(WAYS[0]!);
    const dialog = h("dialog", { className: "signin" }, form);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, name === "password" ? String(value) : String(value).trim()]));
      post("/auth/session", body).then(() => { dialog.remove(); resolve(); }, (error: unknown) => {
        told.textContent = error instanceof Problem || error instanceof Error ? error.message : String(error);
      });
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

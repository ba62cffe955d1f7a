// Small tools to build the page without inline markup.

type Child = Node | string | null | undefined | false;

/** An element: h("p.dim", {title: "x"}, "text"). Properties are set as properties, data-* and aria-* as attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(spec: K | `${K}.${string}`, properties: Record<string, unknown> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag as K);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, String(value));
    else (element as unknown as Record<string, unknown>)[name] = value;
  }
  element.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return element;
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/** Set text only when it changed: an untouched node costs the browser nothing. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function titled(title: string, ...extra: Child[]): HTMLElement {
  return h("header", {}, h("h2", {}, title), ...extra);
}

/** Tell the operator something that passes; a failure stays longer. */
export function note(text: string, bad = false): void {
  const line = h("p", { className: bad ? "note bad" : "note" }, text);
  const notes = byId("notes");
  notes.append(line);
  while (notes.childElementCount > 3) notes.firstElementChild?.remove();
  setTimeout(() => line.remove(), bad ? 9000 : 3500);
}

/** A button that runs a request and shows what became of it. */
export function action(label: string, run: () => Promise<unknown>, kind = ""): HTMLButtonElement {
  const button = h("button", { type: "button", className: kind }, label);
  button.addEventListener("click", () => void attempt(run, button));
  return button;
}

export async function attempt(run: () => Promise<unknown>, button?: HTMLButtonElement): Promise<boolean> {
  if (button) button.disabled = true;
  try {
    await run();
    return true;
  } catch (error) {
    note(error instanceof Error ? error.message : String(error), true);
    return false;
  } finally {
    if (button) button.disabled = false;
  }
}

/** The value of a CSS custom property, as the present colour scheme has it. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function onScheme(redraw: () => void): void {
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", redraw);
}

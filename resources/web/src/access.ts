// Who is signed in, what they may, and who has control of the vehicle: shown in the bar, asked for and given there.
import { get, post } from "./api";
import { action, byId, h, note, say } from "./dom";
import type { Control, Me } from "./facts";
import { signOut } from "./signin";

const RENEW_MS = 20_000;

export class AccessView {
  private me: Me = { actor: "", role: "viewer", session: "" };
  private control: Control = { holder: "", until_s: 0, asked_by: "", how: "" };
  private readonly told = h("span", { className: "told", role: "status" });
  private readonly steps = h("span", { className: "steps" });

  constructor() {
    byId("who").append(this.told, this.steps);
    setInterval(() => void this.renew(), RENEW_MS);
  }

  async load(): Promise<void> {
    this.me = await get<Me>("/auth/me");
    document.documentElement.dataset.role = this.me.role;
    this.draw();
  }

  show(control: Control): void {
    const mine = this.control.holder === this.me.actor && this.me.actor !== "";
    if (mine && control.holder && control.holder !== this.me.actor) note(`${control.holder} ${control.how}.`, true);
    this.control = control;
    this.draw();
  }

  /** Whoever looks at the page keeps control; a page that was put away lets the lease run out. */
  private async renew(): Promise<void> {
    if (this.has() && document.visibilityState === "visible") await post("/control/ask").catch(() => undefined);
  }

  private has(): boolean { return this.me.actor !== "" && this.control.holder === this.me.actor && this.control.until_s * 1000 > Date.now(); }

  private draw(): void {
    const { holder, asked_by } = this.control, free = !holder || this.control.until_s * 1000 <= Date.now(), mine = this.has();
    const whose = mine ? "you have control" : free ? "nobody has control" : `${holder} has control`;
    say(this.told, `${this.me.actor} · ${mine && asked_by ? `${asked_by} asks for control` : whose}`);
    const ask = (verb: string) => async (): Promise<void> => this.show(await post<Control>(`/control/${verb}`));
    const steps: HTMLElement[] = [];
    if (this.me.role !== "viewer") {
      if (mine && asked_by) steps.push(action("Give", ask("give"), "quiet"));
      if (mine) steps.push(action("Let go", ask("let-go"), "quiet"));
      else if (free) steps.push(action("Take control", ask("ask"), "quiet"));
      else steps.push(action("Ask", ask("ask"), "quiet"), action("Take over", ask("take"), "quiet"));
    }
    steps.push(action("Sign out", signOut, "quiet"));
    this.steps.replaceChildren(...steps);
  }
}

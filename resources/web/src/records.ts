// Detections, what happened, and the flights of the project in use.
import { get, post } from "./api";
import { action, attempt, h, note } from "./dom";
import { RecordingsView } from "./recordings";
import type { CommandRecord, Detection, Fault, Flight, Project, Targets, Transition, VehicleMessage } from "./facts";
import { day, fixed, lasting, mhz, utc } from "./format";

const MOST = 200;
type Line = { time_s: number; who: string; text: string; bad: boolean };

export class RecordsView {
  private readonly tabs = new Map<string, { tab: HTMLButtonElement; page: HTMLElement }>();
  private readonly detections = h("tbody");
  private readonly log = h("ol", { className: "log" });
  private readonly flights = h("tbody");
  private readonly targets = h("select", { "aria-label": "Target that is homed on" });
  private readonly projects = h("select", { "aria-label": "Project in use" });
  private project: Project | null = null;
  private readonly troubled = new Set<string>();
  readonly recordings = new RecordingsView();

  constructor(root: HTMLElement) {
    const bar = h("div", { role: "tablist", className: "tabs" });
    const none = (text: string): HTMLElement => h("p", { className: "empty" }, text);
    const heads = (...names: string[]): HTMLElement => h("thead", {}, h("tr", {}, ...names.map((name) => h("th", { scope: "col" }, name))));
    root.append(h("header", {}, bar, h("label", { className: "pick" }, "Target", this.targets)));
    this.add(root, bar, "Detections", h("table", {}, heads("UTC", "Kind", "Frequency", "SNR", "Why"), this.detections), none("Nothing detected yet."));
    this.add(root, bar, "Log", this.log, none("Nothing has happened yet."));
    this.add(root, bar, "Flights", h("div", {}, this.tools(), h("table", {}, heads("Flight", "Begun, UTC", "Length", "Files"), this.flights)), none("No flight stored yet."));
    const { recordings } = this;
    this.add(root, bar, "Recordings", h("div", {}, recordings.tools, h("table", {}, heads("Recorded, UTC", "Length", "Centre", "Size", "State", ""), recordings.rows)), none("No recording in this project yet."));
    this.choose("Detections");
    this.targets.addEventListener("change", () => void attempt(() => post(`/targets/${encodeURIComponent(this.targets.value)}/select`)));
    this.projects.addEventListener("change", () => void attempt(() => post(`/projects/${this.projects.value}/open`)));
  }

  private add(root: HTMLElement, bar: HTMLElement, name: string, content: HTMLElement, empty: HTMLElement): void {
    const page = h("div", { role: "tabpanel", className: "page", "aria-label": name }, content, empty);
    const tab = h("button", { type: "button", role: "tab" }, name);
    tab.addEventListener("click", () => this.choose(name));
    this.tabs.set(name, { tab, page });
    bar.append(tab);
    root.append(page);
  }

  private choose(name: string): void {
    for (const [one, { tab, page }] of this.tabs) {
      tab.setAttribute("aria-selected", String(one === name));
      page.hidden = one !== name;
    }
    if (name === "Flights") void this.load();
    if (name === "Recordings") void this.recordings.load();
  }

  private tools(): HTMLElement {
    const name = h("input", { type: "text", placeholder: "Name of a new project", maxLength: 80, "aria-label": "Name of a new project" });
    const form = h("form", { className: "inline" }, h("label", { className: "pick" }, "Project", this.projects), name, h("button", { type: "submit" }, "Create"),
      action("Record", () => post("/flights/start", { name: "" })), action("End flight", () => post("/flights/end")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void attempt(async () => {
        const made = await post<Project>("/projects", { name: name.value, notes: "" });
        await post(`/projects/${made.id}/open`);
        name.value = "";
      });
    });
    return form;
  }

  private put(list: HTMLElement, row: HTMLElement): void {
    list.prepend(row);
    if (list.childElementCount > MOST) list.lastElementChild?.remove();
    list.closest(".page")?.classList.add("filled");
  }

  clear(): void {
    for (const list of [this.detections, this.log]) list.replaceChildren();
  }

  showTargets(targets: Targets): void {
    this.targets.replaceChildren(...targets.all.map((target) => h("option", { value: target.id }, `${target.name} · ${mhz(target.frequency_hz)}`)));
    this.targets.value = targets.selected_id;
  }

  showDetection(one: Detection): void {
    const key = `${one.target_id} ${one.kind} ${one.time_s}`; // a signal that lasts is told again and again
    this.detections.querySelector(`[data-key="${CSS.escape(key)}"]`)?.remove();
    this.put(this.detections, h("tr", { className: one.confirmed ? "sure" : "", "data-key": key }, h("td", {}, utc(one.time_s)), h("td", {}, one.kind), h("td", {}, mhz(one.frequency_hz, 4)), h("td", {}, fixed(one.snr_db, 1, "dB")), h("td", { className: "why" }, one.text)));
  }

  private line({ time_s, who, text, bad }: Line): void {
    this.put(this.log, h("li", { className: bad ? "bad" : "" }, h("time", {}, utc(time_s)), h("b", {}, who), h("span", {}, text)));
  }

  showTransition(one: Transition): void { this.line({ time_s: one.time_s, who: one.actor, text: `${one.before} → ${one.after}: ${one.reason}`, bad: one.after === "EMERGENCY" }); }
  showCommand(one: CommandRecord): void {
    if (one.verb.endsWith("_recording")) setTimeout(() => void this.recordings.load(), 500); // what is short begins and ends unseen
    this.line({ time_s: one.time_s, who: one.actor, text: `${one.verb} ${one.arguments} ${one.outcome}${one.detail ? `: ${one.detail}` : ""}`, bad: one.outcome === "refused" || one.outcome === "failed" });
  }
  showMessage(one: VehicleMessage): void { this.line({ time_s: one.time_s, who: "vehicle", text: one.text, bad: one.severity <= 3 }); }
  /** The end of a trouble that never began is a warning; it is said at once, and so is an overload. */
  showFault(one: Fault): void {
    const warning = one.ended && !this.troubled.has(one.source);
    if (one.ended) this.troubled.delete(one.source); else this.troubled.add(one.source);
    this.line({ time_s: one.time_s, who: one.source, text: one.text, bad: warning || !one.ended });
    const old = Date.now() / 1000 - one.time_s > 10; // of the snapshot
    if (!old && (warning || (one.source === "overload" && !one.ended))) note(one.text, true);
  }

  showProject(project: Project): void {
    this.project = project;
    this.recordings.showProject(project);
    void this.load();
  }

  async load(): Promise<void> {
    const project = this.project;
    if (!project) return;
    await attempt(async () => {
      const [projects, flights] = await Promise.all([get<Project[]>("/projects"), get<Flight[]>(`/projects/${project.id}/flights`)]);
      this.projects.replaceChildren(...projects.filter((one) => one.deleted_s === null).map((one) => h("option", { value: String(one.id) }, one.name)));
      this.projects.value = String(project.id);
      const newest = [...flights].sort((a, b) => b.started_s - a.started_s);
      this.flights.replaceChildren(...newest.map((flight) => this.flight(project, flight)));
      this.flights.closest(".page")?.classList.toggle("filled", flights.length > 0);
    });
  }

  private flight(project: Project, flight: Flight): HTMLElement {
    const link = (form: string): HTMLElement => h("a", { href: `/api/v1/projects/${project.id}/flights/${flight.id}/export?form=${form}`, download: "" }, form.toUpperCase());
    const length = flight.ended_s === null ? "recording" : lasting(flight.ended_s - flight.started_s);
    return h("tr", {}, h("td", {}, flight.name, flight.simulated && h("span", { className: "mark" }, "sim")), h("td", {}, day(flight.started_s)), h("td", {}, length), h("td", { className: "links" }, link("csv"), link("geojson"), link("kml")));
  }
}


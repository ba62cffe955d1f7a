// What the mission does and what the operator may do next; the state machine is the station's, this only shows it.
import { ask, post, put } from "./api";
import { action, attempt, h, note, say, titled } from "./dom";
import type { Advice, LatLon, MissionName, MissionStatus, SearchPlan, VehicleState } from "./facts";
import { fixed, lasting, metres } from "./format";

const STEPS: MissionName[] = ["IDLE", "SEARCHING", "DETECTING", "HOMING", "HOLDING"];
const FIELDS: [name: string, label: string, value: number, min: number, max: number][] = [
  ["width_m", "Width, m", 600, 20, 20000], ["length_m", "Length, m", 600, 20, 20000], ["spacing_m", "Spacing, m", 150, 5, 5000],
  ["heading_deg", "Heading, °", 0, 0, 359], ["height_m", "Height, m", 40, 5, 500], ["speed_mps", "Speed, m/s", 5, 0.5, 20],
];

const PATTERNS = [
  ["parallel", "Parallel sweep"], ["creeping_line", "Creeping line"], ["expanding_square", "Expanding square"], ["sector", "Sector"],
  ["track_line", "Track line and return"], ["contour", "Contour"], ["spiral", "Spiral"], ["free", "Free"],
];

/** "47.1, 8.2; 47.2, 8.3" as places. */
function placesOf(text: string): LatLon[] {
  return text.split(/[;\n]/).filter((part) => part.trim()).map((part) => {
    const [lat, lon, ...more] = part.trim().split(/[\s,]+/).map(Number);
    if (lat === undefined || lon === undefined || more.length || !Number.isFinite(lat + lon)) throw new Error(`“${part.trim()}” is no place; write latitude and longitude, like 47.1, 8.2`);
    return { lat_deg: lat, lon_deg: lon };
  });
}

export class MissionView {
  private readonly steps = new Map<MissionName, HTMLElement>();
  private readonly clock = h("output", { className: "readout" }, "");
  private readonly text = h("p", { className: "words" }, "Waiting for the station.");
  private readonly legs = h("progress", { max: 1, value: 0, hidden: true });
  private readonly controls = h("div", { className: "controls" });
  private readonly search = h("form", { className: "form", hidden: true });
  private readonly figures = h("p", { className: "dim num" });
  private readonly auto = h("input", { type: "checkbox" });
  private readonly autoLabel = h("label", { className: "check" }, this.auto, "Home on detection, this flight");
  private built = "";
  private status: MissionStatus | null = null;
  private home: LatLon | null = null;
  onPreview: (plan: SearchPlan) => void = () => undefined;

  constructor(root: HTMLElement) {
    const ladder = h("ol", { className: "ladder" });
    for (const name of STEPS) {
      const step = h("li", {}, name.charAt(0) + name.slice(1).toLowerCase());
      this.steps.set(name, step);
      ladder.append(step);
    }
    root.append(titled("Mission", this.clock), ladder, this.text, this.legs, this.controls, this.form(), this.autoLabel);
    this.auto.addEventListener("change", () => void attempt(() => put("/homing/home-on-detection", { allowed: this.auto.checked })));
  }

  showVehicle(vehicle: VehicleState): void { this.home = vehicle.home; }
  showAdvice(advice: Advice): void { if (this.status?.state === "HOMING") say(this.text, advice.text); }

  show(status: MissionStatus): void {
    this.status = status;
    for (const [name, step] of this.steps) {
      step.className = name === status.state ? "here" : "";
      if (name === status.state) step.setAttribute("aria-current", "step");
      else step.removeAttribute("aria-current");
    }
    document.documentElement.dataset["mission"] = status.state;
    say(this.clock, status.since_s > 0 ? lasting(status.time_s - status.since_s) : "");
    say(this.text, status.text || status.state);
    this.legs.hidden = status.legs === 0 || status.state !== "SEARCHING";
    this.legs.max = Math.max(status.legs, 1);
    this.legs.value = status.leg;
    this.auto.checked = status.home_on_detection;
    this.autoLabel.hidden = status.state === "EMERGENCY";
    this.build(status);
  }

  /** The buttons that fit the state; built anew only when it changed, so that none vanishes under a finger. */
  private build(status: MissionStatus): void {
    const key = `${status.state}${status.paused}${status.activated}`;
    if (key === this.built) return;
    this.built = key;
    const end = action("End mission", () => post("/mission/stop"));
    const buttons: Record<MissionName, () => HTMLElement[]> = {
      IDLE: () => [action("Plan a search", async () => { this.search.hidden = !this.search.hidden; }, "primary")],
      SEARCHING: () => [status.paused ? action("Resume", () => post("/search/resume"), "primary") : action("Pause", () => post("/search/pause")), end],
      DETECTING: () => [this.homing(), end],
      HOMING: () => [action("Disable homing", () => post("/homing/disable")), end],
      HOLDING: () => [action("Disable homing", () => post("/homing/disable")), end],
      EMERGENCY: () => [this.reset()],
    };
    this.controls.replaceChildren(...buttons[status.state]());
    if (status.state !== "IDLE") this.search.hidden = true;
  }

  private form(): HTMLFormElement {
    const pattern = h("select", { name: "pattern" }, ...PATTERNS.map(([value, label]) => h("option", { value }, label)));
    const inputs = FIELDS.map(([name, , value, min, max]) => h("input", { name, type: "number", value: String(value), min: String(min), max: String(max), step: "any", required: true }));
    const outline = h("input", { type: "text", placeholder: "none: a rectangle round home" });
    const line = h("input", { type: "text", placeholder: "lat, lon; lat, lon; …" });
    const settings = (): Record<string, unknown> => ({ pattern: pattern.value, outline: placesOf(outline.value), line: placesOf(line.value), ...Object.fromEntries(inputs.map((input) => [input.name, Number(input.value)])) });
    const preview = action("Preview", async () => this.preview(settings()));
    const start = slide("Slide to start the search", async () => {
      if (!this.search.reportValidity()) return;
      await post("/search/start", { settings: settings() });
    });
    this.search.append(h("label", { className: "wide" }, "Pattern", pattern), ...inputs.map((input, i) => h("label", {}, FIELDS[i]![1], input)), h("label", { className: "wide" }, "Corners of the area", outline), h("label", { className: "wide" }, "Line of a track line or free pattern", line), preview, this.figures, start);
    this.search.addEventListener("submit", (event) => { event.preventDefault(); void attempt(() => this.preview(settings())); });
    return this.search;
  }

  private async preview(settings: Record<string, unknown>): Promise<void> {
    if (!this.home) throw new Error("The vehicle has not told its home yet; the pattern begins there.");
    const plan = await post<SearchPlan>("/search/preview", { settings, origin: this.home });
    say(this.figures, `${metres(plan.length_m)}, ${lasting(plan.time_s)} min${plan.battery_percent === null ? "" : `, ${fixed(plan.battery_percent, 0)} % of the battery`}, coverage ${fixed(plan.coverage, 1)}, POD ${fixed(plan.pod * 100, 0)} %${plan.left_out_m2 > 0 ? `; ${fixed((plan.left_out_m2 / plan.area_m2) * 100, 0)} % of the area left out for fence and no-fly areas` : ""}`);
    this.onPreview(plan);
  }

  /** Two steps: ask for an activation, then confirm it before it lapses. */
  private homing(): HTMLElement {
    const box = h("div", { className: "confirm" });
    const first = action("Activate homing", async () => {
      const given = await post<{ code: string; expires_s: number }>("/homing/request");
      const second = slide("Slide to confirm homing", async () => {
        await post("/homing/confirm", { code: given.code });
        note("Homing activated.");
      });
      box.replaceChildren(second, action("Not now", async () => box.replaceChildren(first)));
    }, "primary");
    box.append(first);
    return box;
  }

  private reset(): HTMLElement {
    const reason = h("input", { type: "text", placeholder: "Why it is safe to go on", required: true, maxLength: 200 });
    const form = h("form", { className: "form" }, h("label", { className: "wide" }, "Reason", reason), h("button", { type: "submit" }, "Reset to idle"));
    form.addEventListener("submit", (event) => { event.preventDefault(); void attempt(() => ask("POST", "/safety/reset", { reason: reason.value })); });
    return form;
  }
}

/** A control that acts only when drawn to its end: no stray touch starts a flight. End key and arrows work too. */
export function slide(label: string, run: () => Promise<unknown>): HTMLElement {
  const range = h("input", { type: "range", min: "0", max: "100", value: "0", "aria-label": label });
  const box = h("div", { className: "slide" }, h("span", {}, label), range);
  const shown = (): void => box.style.setProperty("--share", range.value);
  range.addEventListener("input", shown);
  range.addEventListener("change", () => {
    const done = Number(range.value) >= 95;
    range.value = "0";
    shown();
    if (!done) return;
    range.disabled = true;
    void attempt(run).finally(() => (range.disabled = false));
  });
  return box;
}

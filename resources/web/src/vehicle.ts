// The vehicle: attitude, figures, link, and its commands.
import { post, put } from "./api";
import { action, attempt, h, say, titled } from "./dom";
import type { LinkState, Telemetry, VehicleState } from "./facts";
import { fixed, metres, towards } from "./format";

const SVG = "http://www.w3.org/2000/svg";
const MODES = ["GUIDED", "LOITER", "BRAKE", "AUTO", "STABILIZE", "ALT_HOLD", "POSHOLD"];

function svg(tag: string, attributes: Record<string, string>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export class VehicleView {
  private readonly mode = h("output", { className: "readout" }, "not connected");
  private readonly horizon = svg("g", {});
  private readonly cells = new Map<string, HTMLElement>();
  private readonly problem = h("p", { className: "words bad", hidden: true });
  private readonly arm = h("button", { type: "button" }, "Arm");
  private state: VehicleState | null = null;

  constructor(root: HTMLElement) {
    const figures = h("dl", { className: "figures" });
    for (const name of ["Height", "Speed", "Heading", "Climb", "Home", "Battery", "GPS", "Link"]) {
      const value = h("dd", {}, "–");
      this.cells.set(name, value);
      figures.append(h("div", {}, h("dt", {}, name), value));
    }
    root.append(titled("Vehicle", this.mode), this.problem, h("div", { className: "cockpit" }, this.attitude(), figures), this.commands());
  }

  private attitude(): HTMLElement {
    const face = svg("svg", { viewBox: "-50 -50 100 100", class: "attitude", role: "img", "aria-label": "Attitude" });
    const clip = svg("clipPath", { id: "face" });
    clip.append(svg("circle", { r: "46" }));
    const disc = svg("g", { "clip-path": "url(#face)" });
    this.horizon.append(svg("rect", { x: "-120", y: "-200", width: "240", height: "200", class: "sky" }), svg("rect", { x: "-120", y: "0", width: "240", height: "200", class: "earth" }), svg("path", { d: "M-120 0H120", class: "line" }));
    for (const degrees of [-20, -10, 10, 20]) this.horizon.append(svg("path", { d: `M${degrees % 20 ? -9 : -15} ${-degrees * 1.3}H${degrees % 20 ? 9 : 15}`, class: "rung" }));
    disc.append(this.horizon);
    face.append(clip, disc, svg("path", { d: "M-26 0H-10L0 7L10 0H26", class: "wings" }), svg("circle", { r: "46", class: "rim" }));
    const box = h("div");
    box.append(face);
    return box;
  }

  private commands(): HTMLElement {
    const height = h("input", { type: "number", value: "20", min: "2", max: "500", "aria-label": "Take-off height in metres" });
    const modes = h("select", { "aria-label": "Flight mode" }, h("option", { value: "" }, "Mode…"), ...MODES.map((mode) => h("option", { value: mode }, mode)));
    modes.addEventListener("change", () => { const mode = modes.value; modes.value = ""; if (mode) void attempt(() => post("/vehicle/mode", { mode })); });
    this.arm.addEventListener("click", () => void attempt(() => post(this.state?.armed ? "/vehicle/disarm" : "/vehicle/arm"), this.arm));
    const link = h("input", { type: "text", placeholder: "udpin:0.0.0.0:14550, tcp:host:port or serial:DEVICE:BAUD", spellcheck: false, "aria-label": "Address of the link" });
    const connect = h("form", { className: "inline" }, link, h("button", { type: "submit" }, "Connect"));
    connect.addEventListener("submit", (event) => { event.preventDefault(); void attempt(() => put("/vehicle/link", { url: link.value })); });
    return h("div", { className: "commands" },
      h("div", { className: "row" }, this.arm, h("span", { className: "joined" }, action("Take off", () => post("/vehicle/takeoff", { height_m: Number(height.value) })), height, "m"), modes),
      h("div", { className: "row" }, action("Return", () => post("/vehicle/rtl")), action("Land", () => post("/vehicle/land")), action("Brake", () => post("/vehicle/brake"))),
      h("details", {}, h("summary", {}, "Link"), connect));
  }

  private set(name: string, text: string, bad = false): void {
    const cell = this.cells.get(name);
    if (!cell) return;
    say(cell, text);
    cell.classList.toggle("bad", bad);
  }

  showPose(pose: Telemetry): void {
    this.horizon.setAttribute("transform", `rotate(${-pose.roll_deg}) translate(0 ${pose.pitch_deg * 1.3})`);
    this.set("Height", fixed(pose.height_m, 1, "m"));
    this.set("Speed", fixed(Math.hypot(pose.north_mps, pose.east_mps), 1, "m/s"));
    this.set("Heading", `${fixed(pose.heading_deg, 0).padStart(3, "0")}°`);
    this.set("Climb", fixed(-pose.down_mps, 1, "m/s"));
    const home = this.state?.home;
    if (home) {
      const back = towards(pose, home);
      this.set("Home", `${metres(back.metres)} ${fixed(back.degrees, 0).padStart(3, "0")}°`);
    }
  }

  show(state: VehicleState): void {
    this.state = state;
    say(this.mode, state.connected ? `${state.mode} · ${state.armed ? (state.in_air ? "flying" : "armed") : "disarmed"}` : "no heartbeat");
    this.mode.classList.toggle("bad", !state.connected);
    say(this.arm, state.armed ? "Disarm" : "Arm");
    const battery = state.battery_percent;
    this.set("Battery", `${fixed(battery, 0, "%")} ${state.battery_v === null ? "" : fixed(state.battery_v, 1, "V")}`.trim(), battery !== null && battery < 25);
    this.set("GPS", state.satellites === null ? "–" : `${state.satellites} sats, HDOP ${fixed(state.hdop, 1)}`, (state.gps_fix ?? 0) < 3);
  }

  showLink(link: LinkState): void {
    this.problem.hidden = link.connected || !link.problem;
    say(this.problem, link.problem);
    this.set("Link", link.connected ? `${fixed(link.received_per_s, 0)}/s, ${fixed(link.lost_percent, 1, "%")} lost${link.latency_ms === null ? "" : `, ${fixed(link.latency_ms, 0)} ms`}` : "down", !link.connected);
  }
}

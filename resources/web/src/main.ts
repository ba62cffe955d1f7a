// The page: wires what the station tells to the views that show it.
import "./style.css";
import { AccessView } from "./access";
import { get, post, Problem, refresh } from "./api";
import { attempt, byId, h, note, say } from "./dom";
import type { LinkState, RadioState, VehicleState } from "./facts";
import { GateView } from "./gate";
import { LevelView } from "./levels";
import { MapView } from "./map";
import { MissionView } from "./mission";
import { RecordsView } from "./records";
import { fromAddress, signIn } from "./signin";
import { SpectrumView } from "./spectrum";
import { Stream } from "./stream";
import { VehicleView } from "./vehicle";

const ESCAPE_MS = 700, REFRESH_MS = 600_000; // an access token is good for 15 minutes

/** Lamps of the three connections; simulated sources light the badge. */
class Lamps {
  private readonly lamps = new Map<string, HTMLElement>();
  private radio = false;
  private vehicle = false;

  constructor() {
    for (const name of ["Station", "Vehicle", "Radio"]) {
      const lamp = h("li", { className: "off" }, name);
      this.lamps.set(name, lamp);
      byId("lamps").append(lamp);
    }
  }

  private light(name: string, on: boolean, why = ""): void {
    const lamp = this.lamps.get(name);
    if (!lamp) return;
    lamp.className = on ? "on" : "off";
    lamp.title = why;
    lamp.setAttribute("aria-label", `${name} ${on ? "connected" : "not connected"}`);
  }

  station(on: boolean): void { this.light("Station", on); if (!on) { this.light("Vehicle", false); this.light("Radio", false); } }
  link(state: LinkState): void { this.light("Vehicle", state.connected, state.problem || state.url); }
  showRadio(state: RadioState): void { this.light("Radio", state.connected, state.problem || state.device); this.radio = state.simulated; this.badge(); }
  showVehicle(state: VehicleState): void { this.vehicle = state.simulated; this.badge(); }

  private badge(): void {
    const badge = byId("simulation");
    badge.hidden = !this.radio && !this.vehicle;
    badge.title = [this.vehicle && "the vehicle", this.radio && "the radio"].filter(Boolean).join(" and ") + " is simulated";
  }
}

async function signedIn(): Promise<void> {
  try {
    await get("/info");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) await signIn();
  }
}

function armStop(): void {
  const stop = byId("stop") as HTMLButtonElement;
  const run = (): void => void attempt(async () => {
    await post("/safety/emergency-stop");
    note("Emergency stop: the vehicle brakes and holds.", true);
  });
  stop.addEventListener("click", run);
  let escaped_ms = -Infinity;
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    const twice = performance.now() - escaped_ms < ESCAPE_MS;
    escaped_ms = twice ? -Infinity : performance.now();
    if (twice) run();
  });
}

function wire(stream: Stream, access: AccessView): void {
  const lamps = new Lamps(), spectrum = new SpectrumView(byId("radio")), levels = new LevelView(byId("level")), map = new MapView(byId("chart"));
  const mission = new MissionView(byId("mission")), gate = new GateView(byId("gate")), vehicle = new VehicleView(byId("vehicle")), records = new RecordsView(byId("records"));
  mission.onPreview = (plan) => map.showPlan(plan);
  stream.onSpectrum = (frame) => spectrum.show(frame);
  stream.on("radio", (radio) => { lamps.showRadio(radio); spectrum.showRadio(radio); });
  stream.on("levels", (level) => levels.show(level));
  stream.on("targets", (targets) => { spectrum.showTargets(targets); levels.showTargets(targets); map.showTargets(targets); records.showTargets(targets); });
  stream.on("telemetry", (pose) => { map.showPose(pose); vehicle.showPose(pose); });
  stream.on("vehicle", (state) => { lamps.showVehicle(state); map.showVehicle(state); mission.showVehicle(state); vehicle.show(state); });
  stream.on("link", (link) => { lamps.link(link); vehicle.showLink(link); });
  stream.on("readings", (reading) => map.showReading(reading));
  stream.on("estimate", (estimate) => map.showEstimate(estimate));
  stream.on("advice", (advice) => mission.showAdvice(advice));
  stream.on("bearings", (bearing) => map.showBearing(bearing));
  stream.on("plan", (plan) => map.showPlan(plan));
  stream.on("state", (status) => { mission.show(status); map.showState(status); });
  stream.on("control", (control) => access.show(control));
  stream.on("gate", (report) => gate.show(report));
  stream.on("detections", (detection) => records.showDetection(detection));
  stream.on("transitions", (one) => records.showTransition(one));
  stream.on("commands", (one) => records.showCommand(one));
  stream.on("messages", (one) => records.showMessage(one));
  stream.on("faults", (one) => records.showFault(one));
  stream.on("project", (project) => records.showProject(project));
  stream.on("recording", (state) => records.recordings.show(state));
  stream.on("flights", () => void records.load());
  stream.onConnected = (on) => {
    lamps.station(on);
    document.documentElement.classList.toggle("cut", !on);
    byId("lost").hidden = on;
    say(byId("lost"), "The connection to the station is lost. What is shown is old; trying again.");
    if (on) { records.clear(); void map.load(); }
  };
}

async function start(): Promise<void> {
  armStop();
  await fromAddress();
  await signedIn();
  const stream = new Stream(512, 10);
  const access = new AccessView();
  await access.load();
  wire(stream, access);
  setInterval(() => void refresh(), REFRESH_MS);
  stream.onRefused = async () => { await signedIn(); await access.load(); return true; };
  stream.open();
}

void start();

// The map: vehicle, trail coloured by level, plan, estimate with its regions and heat map; a click offers to fly there.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { get, post } from "./api";
import { BearingLayer } from "./bearings";
import { action, attempt, colour, h, onScheme, say, titled } from "./dom";
import type { Bearing, Estimate, LatLon, MissionStatus, Reading, SearchPlan, Targets, Telemetry, VehicleState } from "./facts";
import { fixed, metres, NONE, place, towards } from "./format";
import { Ground } from "./ground";
import { trailColour } from "./palette";

const MOST_READINGS = 4000, MOST_TRAIL = 5000, NEAR_M = 3;
const at = (position: LatLon): L.LatLngTuple => [position.lat_deg, position.lon_deg];

export class MapView {
  private readonly map: L.Map;
  private readonly ground = new Ground();
  private readonly path: L.Polyline;
  private readonly heard = L.layerGroup();
  private readonly plan: L.Polyline;
  private readonly regions = L.layerGroup();
  private readonly bearings = new BearingLayer();
  private readonly craft: L.Marker;
  private readonly arrow = h("div", { className: "craft" });
  private readonly home: L.Marker;
  private readonly goal: L.Polyline;
  private heat: L.ImageOverlay | null = null;
  private readonly figures = h("output", { className: "readout" }, NONE);
  private readonly scale = h("output", { className: "mapscale" });
  private readonly empty = h("p", { className: "empty" }, "No position yet. The map opens where the vehicle is.");
  private readonly followBox = h("input", { type: "checkbox", checked: true });
  private points: { at: L.CircleMarker; level: number | null }[] = [];
  private range: [number, number] = [Infinity, -Infinity];
  private selected = "";
  private pose: Telemetry | null = null;
  private centred = false;

  constructor(root: HTMLElement) {
    const box = h("div", { className: "map" });
    root.append(titled("Map", this.figures, h("label", { className: "check" }, this.followBox, "Follow")), h("div", { className: "screen" }, box, this.scale, this.empty));
    this.map = L.map(box, { zoomControl: false, attributionControl: false, preferCanvas: true, minZoom: 3, maxZoom: 22, zoomSnap: 0.25, center: [0, 0], zoom: 16 });
    L.control.zoom({ position: "topright" }).addTo(this.map);
    this.ground.addTo(this.map);
    this.map.createPane("heat").style.zIndex = "350";
    this.plan = L.polyline([], { weight: 1.5, dashArray: "2 5", interactive: false }).addTo(this.map);
    this.path = L.polyline([], { weight: 1.5, opacity: 0.55, interactive: false }).addTo(this.map);
    this.heard.addTo(this.map);
    this.regions.addTo(this.map);
    this.bearings.group.addTo(this.map);
    this.goal = L.polyline([], { weight: 2, dashArray: "6 6", interactive: false }).addTo(this.map);
    this.home = L.marker([0, 0], { icon: L.divIcon({ className: "home", html: "", iconSize: [18, 18] }), interactive: false, opacity: 0 }).addTo(this.map);
    this.craft = L.marker([0, 0], { icon: L.divIcon({ className: "craftbox", html: this.arrow, iconSize: [34, 34] }), interactive: false, opacity: 0, zIndexOffset: 1000 }).addTo(this.map);
    this.map.on("click", (event) => this.offer(event.latlng));
    this.map.on("dragstart", () => (this.followBox.checked = false));
    this.map.on("zoomend moveend", () => say(this.scale, this.ground.step_m ? `grid ${metres(this.ground.step_m)}` : ""));
    new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(box);
    onScheme(() => this.paint());
    this.paint();
  }

  private paint(): void {
    this.path.setStyle({ color: colour("craft") });
    this.plan.setStyle({ color: colour("ink") });
    this.goal.setStyle({ color: colour("signal") });
    this.ground.draw();
  }

  showTargets(targets: Targets): void {
    if (targets.selected_id === this.selected) return;
    this.selected = targets.selected_id;
    this.clearReadings();
    this.regions.clearLayers();
    this.bearings.clear();
    this.heat?.remove();
    this.heat = null;
    void this.loadReadings();
  }

  /** What was flown before this page was opened. */
  async load(): Promise<void> {
    await attempt(async () => {
      const trail = await get<Telemetry[]>("/vehicle/trail");
      this.path.setLatLngs(trail.map((pose) => [pose.lat_deg, pose.lon_deg] as L.LatLngTuple));
    });
    await this.loadReadings();
  }

  private async loadReadings(): Promise<void> {
    const target = this.selected;
    if (!target) return;
    await attempt(async () => {
      const readings = await get<Reading[]>(`/estimate/${encodeURIComponent(target)}/readings`);
      if (target !== this.selected) return;
      this.clearReadings();
      for (const reading of readings.slice(-MOST_READINGS)) this.showReading(reading);
    });
    await attempt(async () => {
      const bearings = await get<Bearing[]>(`/estimate/${encodeURIComponent(target)}/bearings`);
      if (target !== this.selected) return;
      for (const bearing of bearings) this.bearings.show(bearing);
    });
  }

  private clearReadings(): void {
    this.heard.clearLayers();
    this.points = [];
    this.range = [Infinity, -Infinity];
  }

  showPose(pose: Telemetry): void {
    const first = this.pose === null;
    this.pose = pose;
    const position: L.LatLngTuple = [pose.lat_deg, pose.lon_deg];
    this.craft.setLatLng(position);
    this.craft.setOpacity(1);
    this.arrow.style.transform = `rotate(${pose.heading_deg.toFixed(0)}deg)`;
    const last = (this.path.getLatLngs() as L.LatLng[]).at(-1);
    if (!last || this.map.distance(last, position) > NEAR_M) {
      const line = this.path.getLatLngs() as L.LatLng[];
      if (line.length > MOST_TRAIL) this.path.setLatLngs(line.slice(-MOST_TRAIL / 2));
      this.path.addLatLng(position);
    }
    if (first && !this.centred) this.centre(position);
    else if (this.followBox.checked && !this.map.getBounds().pad(-0.06).contains(position)) this.map.panTo(position, { animate: false });
  }

  private centre(position: L.LatLngTuple): void {
    this.centred = true;
    this.empty.hidden = true;
    this.ground.setOrigin({ lat_deg: position[0], lon_deg: position[1] });
    this.map.setView(position, 16, { animate: false });
  }

  showVehicle(vehicle: VehicleState): void {
    if (!vehicle.home) return;
    this.home.setLatLng(at(vehicle.home));
    this.home.setOpacity(1);
    this.ground.setOrigin(vehicle.home);
    if (!this.centred) this.centre(at(vehicle.home));
  }

  showReading(reading: Reading): void {
    const { level } = reading;
    if (this.selected && level.target_id !== this.selected) return;
    const marker = L.circleMarker([reading.lat_deg, reading.lon_deg], { radius: level.heard ? 4 : 1.5, stroke: false, fillOpacity: level.heard ? 0.95 : 0.5, fillColor: colour("dim"), interactive: false });
    this.points.push({ at: marker, level: level.heard ? level.power_db : null });
    this.heard.addLayer(marker);
    if (this.points.length > MOST_READINGS) this.heard.removeLayer(this.points.shift()!.at);
    if (!level.heard) return;
    const wider = level.power_db < this.range[0] - 1 || level.power_db > this.range[1] + 1;
    this.range = [Math.min(this.range[0], level.power_db), Math.max(this.range[1], level.power_db)];
    for (const point of wider ? this.points : [{ at: marker, level: level.power_db }]) this.tint(point);
  }

  private tint(point: { at: L.CircleMarker; level: number | null }): void {
    if (point.level === null) return;
    const [low, high] = this.range;
    point.at.setStyle({ fillColor: trailColour((point.level - low) / Math.max(high - low, 10)) });
  }

  showBearing(bearing: Bearing): void {
    if (!this.selected || bearing.target_id === this.selected) this.bearings.show(bearing);
  }

  showPlan(plan: SearchPlan): void {
    this.plan.setLatLngs(plan.waypoints.map(at));
    if (plan.waypoints.length > 1 && this.followBox.checked) this.map.fitBounds(this.plan.getBounds().pad(0.12), { animate: false });
  }

  showState(status: MissionStatus): void {
    this.goal.setLatLngs(status.goal && this.pose ? [[this.pose.lat_deg, this.pose.lon_deg], at(status.goal)] : []);
  }

  showEstimate(estimate: Estimate): void {
    if (this.selected && estimate.target_id !== this.selected) return;
    say(this.figures, estimate.enough ? `90 % within ${metres(estimate.radius_90_m)}  ${place(estimate.mode)}` : estimate.text);
    this.regions.clearLayers();
    estimate.emitters.forEach((one, i) => this.regions.addLayer(L.circleMarker(at(one), { radius: 13, color: colour("bad"), weight: 2, dashArray: "4 4", fill: false })
      .bindTooltip(`Emitter ${i + 1}: part of what was heard comes from near here`)));
    if (estimate.enough) {
      this.drawRegions(estimate);
      this.drawHeat(estimate);
    } else { // not to be taken for a fix
      this.heat?.remove();
      this.heat = null;
    }
  }

  private drawRegions(estimate: Estimate): void {
    for (const [rings, share, opacity] of [[estimate.region_90, 90, 0.05], [estimate.region_50, 50, 0.12]] as const) {
      const shape = L.polygon(rings.map((ring) => ring.map(at)), { color: colour("signal"), weight: share === 50 ? 2 : 1.25, fillOpacity: opacity, dashArray: share === 90 ? "5 4" : undefined });
      this.regions.addLayer(shape.bindTooltip(`${share} % region`, { sticky: true }));
    }
    this.regions.addLayer(L.marker(at(estimate.mode), { icon: L.divIcon({ className: "fix", html: "", iconSize: [26, 26] }), interactive: false }));
  }

  private drawHeat(estimate: Estimate): void {
    const { south_deg, west_deg, north_deg, east_deg } = estimate.bounds;
    const bounds: L.LatLngBoundsLiteral = [[south_deg, west_deg], [north_deg, east_deg]];
    const url = `/api/v1/estimate/${encodeURIComponent(estimate.target_id)}/heat-map.png?time_s=${estimate.time_s}`;
    const next = new Image();
    next.onload = () => { // shown only when it is there, so that the map does not flicker
      if (!this.heat) this.heat = L.imageOverlay(url, bounds, { pane: "heat", opacity: 0.6, interactive: false }).addTo(this.map);
      else { this.heat.setUrl(url); this.heat.setBounds(L.latLngBounds(bounds)); }
    };
    next.src = url;
  }

  private offer(where: L.LatLng): void {
    const goal: LatLon = { lat_deg: where.lat, lon_deg: where.lng };
    const way = this.pose ? towards(this.pose, goal) : null;
    const popup = L.popup({ className: "offer", closeButton: false, minWidth: 170 }).setLatLng(where);
    const fly = action("Fly here", async () => {
      await post("/vehicle/goto", goal);
      popup.remove();
    }, "primary");
    popup.setContent(h("div", {}, h("p", { className: "num" }, place(goal)), way && h("p", { className: "num dim" }, `${metres(way.metres)} at ${fixed(way.degrees, 0)}° from the vehicle`), fly));
    popup.openOn(this.map);
  }
}

// Bearings on the map: a line with its wedge of one standard deviation; the other lobe of an ambiguous one dashed.
import L from "leaflet";
import { colour } from "./dom";
import type { Bearing } from "./facts";

const MOST = 40, FAR_M = 5000, EARTH_M = 6_371_000;

/** Where one comes to from a place, on a sphere. */
function onward(from: L.LatLngTuple, bearing_deg: number, length_m: number): L.LatLngTuple {
  const turn = (bearing_deg * Math.PI) / 180, arc = length_m / EARTH_M, lat = (from[0] * Math.PI) / 180;
  const to = Math.asin(Math.sin(lat) * Math.cos(arc) + Math.cos(lat) * Math.sin(arc) * Math.cos(turn));
  const across = Math.atan2(Math.sin(turn) * Math.sin(arc) * Math.cos(lat), Math.cos(arc) - Math.sin(lat) * Math.sin(to));
  return [(to * 180) / Math.PI, from[1] + (across * 180) / Math.PI];
}

export class BearingLayer {
  readonly group = L.layerGroup();
  private readonly shown = new Map<string, L.LayerGroup>();

  clear(): void {
    this.group.clearLayers();
    this.shown.clear();
  }

  /** Once, for a bearing comes by the stream and again with those that were before. */
  show(bearing: Bearing): void {
    const key = [bearing.time_s, bearing.lat_deg, bearing.lon_deg, bearing.bearing_deg].join();
    if (this.shown.has(key)) return;
    const one = L.layerGroup();
    const lobes: [number, string | undefined][] = [[bearing.bearing_deg, undefined]];
    if (bearing.ambiguous && bearing.other_deg !== null) lobes.push([bearing.other_deg, "6 5"]);
    for (const [middle, dashArray] of lobes) this.draw(one, bearing, middle, dashArray);
    this.group.addLayer(one);
    this.shown.set(key, one);
    for (const [oldest, layer] of this.shown) {
      if (this.shown.size <= MOST) break;
      this.group.removeLayer(layer);
      this.shown.delete(oldest);
    }
  }

  private draw(into: L.LayerGroup, bearing: Bearing, middle_deg: number, dashArray: string | undefined): void {
    const from: L.LatLngTuple = [bearing.lat_deg, bearing.lon_deg];
    const [left, ahead, right] = [-bearing.sigma_deg, 0, bearing.sigma_deg].map((off) => onward(from, middle_deg + off, FAR_M)) as [L.LatLngTuple, L.LatLngTuple, L.LatLngTuple];
    into.addLayer(L.polygon([from, left, right], { stroke: false, fillColor: colour("signal"), fillOpacity: 0.1, interactive: false }));
    const words = `${bearing.bearing_deg.toFixed(0)}° ± ${bearing.sigma_deg.toFixed(0)}°, ${bearing.source}: ${bearing.text}`;
    into.addLayer(L.polyline([from, ahead], { color: colour("signal"), weight: 1.5, dashArray }).bindTooltip(words, { sticky: true }));
  }
}

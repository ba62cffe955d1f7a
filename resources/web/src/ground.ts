// The map's ground where there are no tiles: a metre grid fixed to a place on the earth, drawn at any scale.
import L from "leaflet";
import { colour } from "./dom";
import type { LatLon } from "./facts";

const METRES_PER_DEGREE = 111_320;
const STEPS_M = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 500_000];

export class Ground extends L.Layer {
  private canvas: HTMLCanvasElement | null = null;
  private origin: LatLon = { lat_deg: 0, lon_deg: 0 };
  step_m = 0;

  override onAdd(map: L.Map): this {
    this.canvas = L.DomUtil.create("canvas", "ground", map.getPane("tilePane"));
    map.on("move zoom viewreset resize zoomend moveend", this.draw, this);
    this.draw();
    return this;
  }

  override onRemove(map: L.Map): this {
    map.off("move zoom viewreset resize zoomend moveend", this.draw, this);
    this.canvas?.remove();
    return this;
  }

  setOrigin(origin: LatLon): void {
    this.origin = origin;
    this.draw();
  }

  draw(): void {
    const map = this._map as L.Map | undefined, canvas = this.canvas;
    if (!map || !canvas) return;
    const size = map.getSize(), ratio = devicePixelRatio || 1;
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    const context = canvas.getContext("2d");
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colour("ground-map");
    context.fillRect(0, 0, size.x, size.y);
    this.lines(context, map, size);
  }

  private lines(context: CanvasRenderingContext2D, map: L.Map, size: L.Point): void {
    const { lat_deg, lon_deg } = this.origin;
    const east = METRES_PER_DEGREE * Math.cos((lat_deg * Math.PI) / 180);
    const at = (east_m: number, north_m: number): L.Point => map.latLngToContainerPoint([lat_deg + north_m / METRES_PER_DEGREE, lon_deg + east_m / east]);
    const zero = at(0, 0), pixels_per_m = Math.abs(at(100, 0).x - zero.x) / 100;
    this.step_m = STEPS_M.find((step) => step * pixels_per_m >= 56) ?? 0;
    if (!this.step_m || !Number.isFinite(pixels_per_m)) return;
    const pitch = this.step_m * pixels_per_m;
    for (const [vertical, start, span] of [[true, zero.x, size.x], [false, zero.y, size.y]] as const) {
      for (let n = Math.ceil(-start / pitch); start + n * pitch < span; n++) {
        const line = Math.round(start + n * pitch) + 0.5;
        context.strokeStyle = colour(n % 5 === 0 ? "grid-strong" : "grid");
        context.beginPath();
        context.moveTo(vertical ? line : 0, vertical ? 0 : line);
        context.lineTo(vertical ? line : size.x, vertical ? size.y : line);
        context.stroke();
      }
    }
  }
}

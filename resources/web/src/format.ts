// Values as an operator reads them.
import type { LatLon } from "./facts";

export const NONE = "–";

export function fixed(value: number | null | undefined, digits: number, unit = ""): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
  const text = (Object.is(Math.round(value * 10 ** digits), -0) ? 0 : value).toFixed(digits).replace("-", "−");
  return unit ? `${text}\u202f${unit}` : text;
}

export const mhz = (hz: number, digits = 3): string => fixed(hz / 1e6, digits, "MHz");

export function metres(value: number): string {
  return value >= 1000 ? fixed(value / 1000, 2, "km") : fixed(value, 0, "m");
}

export function utc(time_s: number): string {
  return new Date(time_s * 1000).toISOString().slice(11, 19);
}

export function day(time_s: number): string {
  return new Date(time_s * 1000).toISOString().slice(0, 16).replace("T", " ");
}

export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(whole % 60).padStart(2, "0")}`;
}

export const place = (at: LatLon): string => `${fixed(at.lat_deg, 6)}, ${fixed(at.lon_deg, 6)}`;

const METRES_PER_DEGREE = 111_320;

/** Distance and true bearing on the local plane; for showing, not for flying. */
export function towards(from: LatLon, to: LatLon): { metres: number; degrees: number } {
  const east = (to.lon_deg - from.lon_deg) * METRES_PER_DEGREE * Math.cos((from.lat_deg * Math.PI) / 180);
  const north = (to.lat_deg - from.lat_deg) * METRES_PER_DEGREE;
  return { metres: Math.hypot(east, north), degrees: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360 };
}

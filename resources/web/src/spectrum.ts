// Spectrum and waterfall: rows go once into a ring image and are drawn in two parts; levels are scaled to what is heard.
import { attempt, colour, h, note, onScheme, say, titled } from "./dom";
import { get, post, put } from "./api";
import type { FoundReceiver, Profile, RadioState, Targets } from "./facts";
import { fixed, mhz } from "./format";
import { WORDS } from "./palette";
import type { SpectrumFrame } from "./stream";

const ROWS = 720, TRACE_PX = 108, HOLD_FALL_DB = 0.15;

export class SpectrumView {
  private readonly canvas = h("canvas", { role: "img", "aria-label": "Spectrum and waterfall" });
  private readonly ring = document.createElement("canvas");
  private readonly readout = h("output", { className: "pointed" });
  private readonly device = h("span", { className: "dim" }, "No receiver");
  private readonly empty = h("p", { className: "empty" }, "No samples. Connect a receiver to see its spectrum.");
  private readonly tune = h("form", { className: "form", hidden: true });
  private readonly centre = h("input", { type: "number", step: "0.001", min: "0", required: true });
  private readonly gain = h("select");
  private readonly plugged = h("datalist", { id: "plugged" });
  private readonly source = h("input", { type: "text", placeholder: "rtl_tcp://host:port, rtlsdr:0 or file:PATH", spellcheck: false });
  private readonly profile = h("select");
  private image: ImageData | null = null;
  private words = new Uint32Array(0);
  private next = 0;
  private frame: SpectrumFrame | null = null;
  private trace = new Float32Array(0);
  private hold = new Float32Array(0);
  private floor_db = -100;
  private top_db = -40;
  private scaled = false;
  private pointer: number | null = null;
  private targets: Targets | null = null;
  private radio: RadioState | null = null;
  private dirty = true;
  missed = 0;

  constructor(root: HTMLElement) {
    const toggle = h("button", { type: "button", className: "quiet", "aria-expanded": "false" }, "Tune");
    toggle.addEventListener("click", () => {
      this.tune.hidden = !this.tune.hidden;
      toggle.setAttribute("aria-expanded", String(!this.tune.hidden));
      if (!this.tune.hidden) this.fill();
    });
    root.append(titled("Spectrum", this.device, toggle), this.form(), h("div", { className: "screen" }, this.canvas, this.readout, this.empty));
    this.canvas.addEventListener("pointermove", (event) => { this.pointer = event.offsetX; this.dirty = true; });
    this.canvas.addEventListener("pointerleave", () => { this.pointer = null; this.dirty = true; });
    new ResizeObserver(() => (this.dirty = true)).observe(this.canvas);
    onScheme(() => (this.dirty = true));
    const loop = (): void => { this.draw(); requestAnimationFrame(loop); };
    requestAnimationFrame(loop);
  }

  private form(): HTMLFormElement {
    this.tune.append(
      h("label", {}, "Centre, MHz", this.centre), h("label", {}, "Gain", this.gain), h("label", { className: "wide" }, "Profile", this.profile), h("label", { className: "wide" }, "Source", this.source), this.plugged,
      h("button", { type: "submit" }, "Apply"),
    );
    this.source.setAttribute("list", "plugged");
    this.profile.addEventListener("change", () => void attempt(() => this.use(this.profile.value)));
    this.tune.addEventListener("submit", (event) => { event.preventDefault(); void attempt(() => this.apply()); });
    return this.tune;
  }

  private fill(): void {
    const radio = this.radio;
    if (!radio) return;
    this.centre.value = (radio.centre_hz / 1e6).toFixed(4);
    this.source.value = radio.source;
    this.gain.replaceChildren(h("option", { value: "" }, "Set by the station"), ...radio.gains_db.map((gain) => h("option", { value: String(gain) }, fixed(gain, 1, "dB"))));
    this.gain.value = radio.auto_gain ? "" : String(radio.gain_db);
    void attempt(() => this.list());
  }

  /** Profiles, and what is plugged into the station's computer; its libraries take up to some seconds. */
  private async list(): Promise<void> {
    const profiles = await get<Profile[]>("/radio/profiles");
    const words = ({ name, profile, problem }: Profile): string => [name, problem || profile?.source, profile?.antenna, profile?.calibration?.points.length && "calibrated"].filter(Boolean).join(" · ");
    this.profile.replaceChildren(h("option", { value: "" }, profiles.length ? "None" : "None kept yet"), ...profiles.map((one) => h("option", { value: one.name, disabled: one.profile === null }, words(one))));
    this.profile.value = this.radio?.profile ?? "";
    const found = await get<FoundReceiver[]>("/radio/devices");
    this.plugged.replaceChildren(...found.map((one) => h("option", { value: one.source }, one.name)));
  }

  private async use(name: string): Promise<void> {
    if (!name) return;
    await post(`/radio/profiles/${encodeURIComponent(name)}/use`);
    note(`Profile ${name} is in use.`);
    this.fill();
  }

  private async apply(): Promise<void> {
    const radio = this.radio;
    if (this.source.value !== (radio?.source ?? "")) await put("/radio/source", { source: this.source.value });
    const centre_hz = Math.round(Number(this.centre.value) * 1e6);
    if (centre_hz > 0 && Math.abs(centre_hz - (radio?.centre_hz ?? 0)) > 50) await put("/radio/frequency", { centre_hz });
    const gain_db = this.gain.value === "" ? null : Number(this.gain.value);
    if (radio && (gain_db === null) !== radio.auto_gain || (gain_db !== null && gain_db !== radio?.gain_db)) await put("/radio/gain", { gain_db });
    note("Receiver set.");
  }

  showRadio(radio: RadioState): void {
    if (radio.dbm_offset_db !== this.radio?.dbm_offset_db) this.dirty = true;
    this.radio = radio;
    const gain = radio.auto_gain ? "gain auto" : `gain ${fixed(radio.gain_db, 1, "dB")}`;
    say(this.device, radio.connected ? `${radio.device} · ${fixed(radio.rate_hz / 1e3, 0, "kS/s")} · ${gain}${radio.profile ? ` · ${radio.profile}` : ""}${radio.overload ? " · OVERLOAD" : ""}` : radio.problem || "No receiver");
    this.device.title = radio.connected ? [radio.antenna, radio.uncalibrated ? `Levels in dBFS: ${radio.uncalibrated}` : "Levels in dBm"].filter(Boolean).join(". ") : "";
    this.device.classList.toggle("bad", !radio.connected || radio.overload);
    say(this.empty, radio.connected ? "Waiting for the first row." : radio.problem || "No samples. Connect a receiver to see its spectrum.");
  }

  showTargets(targets: Targets): void { this.targets = targets; this.dirty = true; }

  private get unit(): string { return this.radio?.dbm_offset_db === null || this.radio?.dbm_offset_db === undefined ? "dBFS" : "dBm"; }

  show(frame: SpectrumFrame): void {
    this.empty.hidden = true;
    this.missed += frame.missed;
    if (!this.frame || frame.bins !== this.frame.bins || frame.centre_hz !== this.frame.centre_hz || frame.rate_hz !== this.frame.rate_hz) this.restart(frame.bins);
    this.frame = frame;
    this.rescale(frame);
    for (let row = 0; row < frame.rows; row++) this.write(frame, row);
    this.dirty = true;
  }

  private restart(bins: number): void {
    this.ring.width = bins;
    this.ring.height = ROWS;
    this.image = new ImageData(bins, 1);
    this.words = new Uint32Array(this.image.data.buffer);
    this.trace = new Float32Array(bins);
    this.hold = new Float32Array(bins).fill(-300);
    this.next = 0;
    this.scaled = false;
    const context = this.ring.getContext("2d");
    if (context) { context.fillStyle = "rgb(8 12 22)"; context.fillRect(0, 0, bins, ROWS); }
  }

  /** Black at the noise, white a little above the strongest; follows slowly, so that the picture does not flicker. */
  private rescale(frame: SpectrumFrame): void {
    const sorted = Float32Array.from(frame.values.subarray(0, frame.bins)).sort();
    const level = (share: number): number => frame.floor_dbfs + frame.step_db * sorted[Math.min(Math.floor(share * frame.bins), frame.bins - 1)]!;
    const floor = level(0.25) - 3, top = Math.max(level(1) + 6, floor + 35);
    const keep = this.scaled ? 0.95 : 0;
    this.floor_db = this.floor_db * keep + floor * (1 - keep);
    this.top_db = top > this.top_db || !this.scaled ? top : this.top_db * 0.99 + top * 0.01;
    this.scaled = true;
  }

  private write(frame: SpectrumFrame, row: number): void {
    const context = this.ring.getContext("2d");
    if (!context || !this.image) return;
    const at = row * frame.bins, gain = (255 * frame.step_db) / (this.top_db - this.floor_db), offset = (255 * (frame.floor_dbfs - this.floor_db)) / (this.top_db - this.floor_db);
    for (let bin = 0; bin < frame.bins; bin++) {
      const value = frame.values[at + bin]!;
      const shade = offset + gain * value;
      this.words[bin] = WORDS[shade <= 0 ? 0 : shade >= 255 ? 255 : shade | 0]!;
      const db = frame.floor_dbfs + frame.step_db * value;
      this.trace[bin] = row === 0 ? db : Math.max(this.trace[bin]!, db);
      this.hold[bin] = Math.max(this.hold[bin]! - HOLD_FALL_DB, db);
    }
    if (frame.lost[row]) this.words.fill(0xff2d4be5); // a gap is marked, never closed silently
    this.next = (this.next + ROWS - 1) % ROWS;
    context.putImageData(this.image, 0, this.next);
  }

  private draw(): void {
    if (!this.dirty) return;
    this.dirty = false;
    const ratio = devicePixelRatio || 1, width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    const context = this.canvas.getContext("2d");
    if (!context || !this.frame || width === 0) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawTrace(context, this.frame, width);
    this.drawFall(context, width, height);
    this.drawMarks(context, this.frame, width, height);
  }

  private drawTrace(context: CanvasRenderingContext2D, frame: SpectrumFrame, width: number): void {
    const y = (db: number): number => TRACE_PX - 16 - ((db - this.floor_db + 4) / (this.top_db - this.floor_db + 8)) * (TRACE_PX - 22);
    context.font = "10px ui-monospace, monospace";
    context.fillStyle = colour("dim");
    context.strokeStyle = colour("grid");
    context.lineWidth = 1;
    const step = this.top_db - this.floor_db > 70 ? 20 : 10, more_db = this.radio?.dbm_offset_db ?? 0;
    for (let db = Math.ceil((this.floor_db + more_db) / step) * step; db < this.top_db + more_db; db += step) {
      const at = y(db - more_db);
      context.beginPath(); context.moveTo(0, Math.round(at) + 0.5); context.lineTo(width, Math.round(at) + 0.5); context.stroke();
      context.fillText(fixed(db, 0, db + step >= this.top_db + more_db ? this.unit : ""), 3, at - 2);
    }
    for (const [values, name, thick] of [[this.hold, "hold", 1], [this.trace, "signal", 1.25]] as const) {
      context.beginPath();
      for (let bin = 0; bin < frame.bins; bin++) context.lineTo(((bin + 0.5) / frame.bins) * width, y(values[bin]!));
      context.strokeStyle = colour(name);
      context.lineWidth = thick;
      context.stroke();
    }
    this.drawAxis(context, frame, width);
  }

  private drawAxis(context: CanvasRenderingContext2D, frame: SpectrumFrame, width: number): void {
    const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000].map((khz) => khz * 1e3).find((hz) => (hz / frame.rate_hz) * width > 72) ?? frame.rate_hz / 2;
    const low = frame.centre_hz - frame.rate_hz / 2;
    context.fillStyle = colour("dim");
    context.textAlign = "center";
    for (let hz = Math.ceil(low / step) * step; hz < low + frame.rate_hz; hz += step) {
      const x = ((hz - low) / frame.rate_hz) * width;
      if (x > 20 && x < width - 20) context.fillText((hz / 1e6).toFixed(step < 1e4 ? 3 : 2), x, TRACE_PX - 4);
    }
    context.textAlign = "start";
  }

  private drawFall(context: CanvasRenderingContext2D, width: number, height: number): void {
    const shown = height - TRACE_PX, rows = Math.min(ROWS, Math.floor(shown));
    const first = Math.min(rows, ROWS - this.next);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.ring, 0, this.next, this.ring.width, first, 0, TRACE_PX, width, first);
    if (rows > first) context.drawImage(this.ring, 0, 0, this.ring.width, rows - first, 0, TRACE_PX + first, width, rows - first);
    if (shown > rows) { context.fillStyle = "rgb(8 12 22)"; context.fillRect(0, TRACE_PX + rows, width, shown - rows); }
  }

  private drawMarks(context: CanvasRenderingContext2D, frame: SpectrumFrame, width: number, height: number): void {
    const low = frame.centre_hz - frame.rate_hz / 2;
    for (const target of this.targets?.all ?? []) {
      const x = ((target.frequency_hz - low) / frame.rate_hz) * width;
      if (x < 0 || x > width) continue;
      const half = Math.max((target.bandwidth_hz / 2 / frame.rate_hz) * width, 3);
      context.fillStyle = colour("craft");
      context.globalAlpha = target.id === this.targets?.selected_id ? 0.16 : 0.07;
      context.fillRect(x - half, 0, 2 * half, TRACE_PX - 16);
      context.globalAlpha = 1;
      context.fillText(target.name, x + half + 4, 11);
      context.beginPath(); context.moveTo(x - 4, TRACE_PX); context.lineTo(x + 4, TRACE_PX); context.lineTo(x, TRACE_PX + 6); context.fill();
    }
    if (this.pointer === null) { say(this.readout, ""); return; }
    const bin = Math.min(Math.floor((this.pointer / width) * frame.bins), frame.bins - 1);
    say(this.readout, `${mhz(low + (this.pointer / width) * frame.rate_hz, 4)}  ${fixed((this.trace[bin] ?? NaN) + (this.radio?.dbm_offset_db ?? 0), 1, this.unit)}`);
    context.fillStyle = "rgb(255 255 255 / 45%)";
    context.fillRect(Math.round(this.pointer), 0, 1, height);
  }
}


// Level and SNR of the selected target over the last minutes.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { colour, h, onScheme, say, titled } from "./dom";
import type { Level, Targets } from "./facts";
import { fixed, NONE } from "./format";

const SPAN_S = 120, LEAST_SPAN_S = 20, STEP_S = 0.1;

export class LevelView {
  private readonly times: number[] = [];
  private readonly heard: (number | null)[] = [];
  private readonly bound: (number | null)[] = [];
  private readonly snr: number[] = [];
  private readonly now = h("output", { className: "readout" }, NONE);
  private readonly box = h("div", { className: "plot" });
  private plot: uPlot | null = null;
  private selected = "";
  private unit = "dB";

  constructor(root: HTMLElement) {
    root.append(titled("Level", this.now), this.box);
    new ResizeObserver(() => this.fit()).observe(this.box);
    onScheme(() => this.build());
    setInterval(() => this.draw(), 200);
  }

  showTargets(targets: Targets): void {
    if (targets.selected_id !== this.selected) for (const list of [this.times, this.heard, this.bound, this.snr]) list.length = 0;
    this.selected = targets.selected_id;
  }

  show(level: Level): void {
    if (this.selected && level.target_id !== this.selected) return;
    const last = this.times.at(-1) ?? -Infinity, calibrated = level.power_dbm !== null && level.power_dbm !== undefined;
    const power = calibrated ? level.power_dbm! : level.power_db, unit = calibrated ? "dBm" : "dB";
    if (level.time_s < last || unit !== this.unit) for (const list of [this.times, this.heard, this.bound, this.snr]) list.length = 0;
    else if (level.time_s - last < STEP_S) return;
    this.unit = unit;
    this.times.push(level.time_s);
    this.heard.push(level.heard ? power : null);
    this.bound.push(level.heard ? null : power);
    this.snr.push(level.snr_db);
    while (level.time_s - (this.times[0] ?? 0) > SPAN_S) for (const list of [this.times, this.heard, this.bound, this.snr]) list.shift();
    say(this.now, level.heard ? `${fixed(power, 1, unit)}  SNR ${fixed(level.snr_db, 1, "dB")}` : `not heard, below ${fixed(power, 1, unit)}`);
  }

  private draw(): void {
    if (!this.times.length || document.hidden) return;
    if (!this.plot) this.build();
    const end = this.times.at(-1)!;
    this.plot?.batch(() => {
      this.plot?.setData([this.times, this.heard, this.bound, this.snr], false);
      this.plot?.setScale("x", { min: Math.min(this.times[0]!, end - LEAST_SPAN_S), max: end });
      this.scaled("y", [...this.heard, ...this.bound], 20);
      this.scaled("snr", this.snr, 30);
    });
  }

  private scaled(name: string, values: (number | null)[], least: number): void {
    const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
    if (!known.length) return;
    const low = Math.min(...known), high = Math.max(...known), spare = Math.max(least - (high - low), 4) / 2;
    this.plot?.setScale(name, { min: Math.floor(low - spare), max: Math.ceil(high + spare) });
  }

  private build(): void {
    this.plot?.destroy();
    this.plot = null;
    if (!this.times.length || !this.box.clientWidth) return;
    const axis = { stroke: colour("dim"), grid: { stroke: colour("grid"), width: 1 }, ticks: { show: false }, font: "10px ui-monospace, monospace" };
    this.plot = new uPlot({
      width: this.box.clientWidth, height: this.box.clientHeight,
      legend: { show: false }, cursor: { show: false }, padding: [8, 0, 0, 0],
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { x: { time: true, auto: false }, y: { auto: false }, snr: { auto: false } },
      series: [{}, { stroke: colour("signal"), width: 1.75, scale: "y" },
        { stroke: colour("dim"), width: 0, scale: "y", points: { show: true, size: 3, fill: colour("dim") } },
        { stroke: colour("craft"), width: 1, scale: "snr" }],
      axes: [{ ...axis, size: 24, values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toISOString().slice(14, 19)) },
        { ...axis, scale: "y", size: 40, label: undefined, stroke: colour("signal"), values: (_, ticks) => ticks.map((tick) => fixed(tick, 0)) },
        { ...axis, scale: "snr", side: 1, size: 34, grid: { show: false }, stroke: colour("craft"), values: (_, ticks) => ticks.map((tick) => fixed(tick, 0)) }],
    }, [this.times, this.heard, this.bound, this.snr], this.box);
  }

  private fit(): void {
    if (this.plot && this.box.clientWidth) this.plot.setSize({ width: this.box.clientWidth, height: this.box.clientHeight });
  }
}

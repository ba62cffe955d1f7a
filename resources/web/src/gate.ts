// The safety gate as a list: which rules hold a motion back, each in its own words.
import { h, say, titled } from "./dom";
import type { GateReport } from "./facts";

export class GateView {
  private readonly list = h("ul", { className: "rules" });
  private readonly verdict = h("output", { className: "verdict" }, "not known");
  private readonly rows = new Map<string, HTMLLIElement>();
  private purpose = "";

  constructor(root: HTMLElement) {
    root.append(titled("Safety gate", this.verdict), this.list);
  }

  show(report: GateReport): void {
    if (report.purpose !== this.purpose) {
      this.purpose = report.purpose;
      this.rows.clear();
      this.list.replaceChildren();
    }
    const closed = report.verdicts.filter((verdict) => !verdict.passed).length;
    say(this.verdict, report.open ? `open for ${report.purpose}` : `closed for ${report.purpose}: ${closed}`);
    this.verdict.className = report.open ? "verdict ok" : "verdict bad";
    for (const verdict of report.verdicts) {
      const row = this.rows.get(verdict.rule) ?? this.row(verdict.rule);
      row.className = verdict.passed ? "ok" : "bad";
      say(row.lastElementChild!, verdict.text);
    }
  }

  private row(rule: string): HTMLLIElement {
    const row = h("li", {}, h("b", {}, named(rule)), h("span"));
    this.rows.set(rule, row);
    this.list.append(row);
    return row;
  }
}

function named(rule: string): string {
  const words = rule.replaceAll("_", " ").replace(/\b(gps|ekf|hdop|snr)\b/g, (short) => short.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}

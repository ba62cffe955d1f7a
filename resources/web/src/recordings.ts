// Recordings of samples: begun, ended, saved afterwards; those of the project listed, looked through, mended, played, taken along.
import { ask, get, post } from "./api";
import { action, attempt, h, note, say } from "./dom";
import type { Project, RecordingFact, RecordingState, StoredRecording } from "./facts";
import { day, fixed, lasting, mhz } from "./format";

const SAVED_S = 10, ENDLESS_S = 99 * 3600; // room for longer is not worth a figure
const BEGUN: Record<string, string> = { asked: "by hand", saved: "saved", detection: "by a detection" };
interface Checked { sound: boolean; problems: { text: string; mendable: boolean }[] }

const size = (bytes: number): string => (bytes < 1e9 ? fixed(bytes / 1e6, 1, "MB") : fixed(bytes / 1e9, 2, "GB"));
const seconds = (one: RecordingFact): number => (one.rate_hz ? one.samples / one.rate_hz : 0);

export class RecordingsView {
  readonly rows = h("tbody");
  private readonly words = h("span", { className: "dim" });
  private readonly toggle = action("Record samples", () => this.startOrStop());
  private readonly save = action(`Save the last ${SAVED_S} s`, () => post("/radio/recording/save", { seconds: SAVED_S }));
  readonly tools = h("div", { className: "inline" }, this.toggle, this.save, this.words);
  private state: RecordingState | null = null;
  private project: Project | null = null;
  private shown = "";

  private async startOrStop(): Promise<void> {
    await post(`/radio/recording/${this.state?.running.length ? "stop" : "start"}`);
  }

  show(state: RecordingState): void {
    this.state = state;
    const running = state.running.length > 0;
    say(this.toggle, running ? "Stop recording" : "Record samples");
    this.toggle.classList.toggle("bad", running);
    this.save.disabled = state.held_s <= 0;
    const left = state.seconds_left === null || state.seconds_left > ENDLESS_S ? "" : `, ${lasting(state.seconds_left)} left`;
    const now = state.running.map((one) => `${lasting(seconds(one))}, ${size(one.size_bytes)}`).join(" and ");
    say(this.words, running ? `${now}${left}` : state.problem);
    this.words.classList.toggle("bad", !running && state.problem !== "");
    const shown = state.running.map((one) => one.name).join() + state.problem;
    if (shown !== this.shown) setTimeout(() => void this.load(), 500); // the store has it by then
    this.shown = shown;
  }

  showProject(project: Project): void { this.project = project; void this.load(); }

  async load(): Promise<void> {
    const project = this.project;
    if (!project) return;
    await attempt(async () => {
      const found = await get<StoredRecording[]>(`/projects/${project.id}/recordings`);
      this.rows.replaceChildren(...found.map((one) => this.row(one)));
      this.rows.closest(".page")?.classList.toggle("filled", found.length > 0);
    });
  }

  private row({ id, project_id, recording: stored }: StoredRecording): HTMLElement {
    const place = `/projects/${project_id}/recordings/${id}`;
    const live = this.state?.running.find((one) => one.name === stored.name);
    const running = live !== undefined, recording = live ?? stored;
    const tools = running ? [] : [
      action("Verify", () => this.verify(place, recording.name), "quiet"),
      action("Repair", () => this.repair(place, recording.name), "quiet"),
      action("Play", () => post(`${place}/play`), "quiet"),
      h("a", { href: `/api/v1${place}/archive`, download: "" }, "SigMF"),
      this.remover(place),
    ];
    const lost = recording.lost_samples ? `${recording.lost_samples} samples lost` : "";
    const state = running ? "being recorded" : [BEGUN[recording.cause], lost, recording.complete ? "" : "not ended"].filter(Boolean).join(", ");
    return h("tr", {}, h("td", {}, day(recording.started_s), recording.simulated && h("span", { className: "mark" }, "sim")),
      h("td", {}, lasting(seconds(recording))), h("td", {}, mhz(recording.centre_hz)), h("td", {}, size(recording.size_bytes)),
      h("td", { className: running || !recording.complete ? "why bad" : "why" }, state), h("td", { className: "links" }, ...tools));
  }

  /** Deletes only when pressed twice. */
  private remover(place: string): HTMLButtonElement {
    const button = action("Delete", async () => {
      if (button.textContent === "Delete") { say(button, "Really?"); setTimeout(() => say(button, "Delete"), 4000); return; }
      await ask("DELETE", place);
      await this.load();
    }, "quiet");
    return button;
  }

  private async verify(place: string, name: string): Promise<void> {
    const checked = await get<Checked>(`${place}/check`);
    if (checked.sound) note(`${name} is sound: every sample is as it was written.`);
    for (const one of checked.problems) note(`${name}: ${one.text}${one.mendable ? " Repair mends it." : ""}`, true);
  }

  private async repair(place: string, name: string): Promise<void> {
    const mended = await post<string[]>(`${place}/repair`);
    note(mended.length ? `${name} is mended: ${mended.join(" ")}` : `${name}: nothing was wrong.`);
    await this.load();
  }
}

// The WebSocket to the station: subscribes, reconnects for ever, hands each message to who asked for its topic.
import type { TopicName, Topics } from "./facts";
import { TOPICS } from "./facts";

export interface SpectrumFrame {
  bins: number; rows: number; missed: number; centre_hz: number; rate_hz: number; floor_dbfs: number; step_db: number;
  time_s: Float64Array; lost: Uint32Array; values: Uint8Array;
}

type Handler<T> = (fact: T) => void;
const FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 8000, SILENCE_MS = 6000, PING_MS = 2000;

export class Stream {
  private readonly handlers = new Map<string, Handler<never>[]>();
  private socket: WebSocket | null = null;
  private wait_ms = FIRST_WAIT_MS;
  private heard_ms = 0;
  onSpectrum: Handler<SpectrumFrame> = () => undefined;
  onConnected: Handler<boolean> = () => undefined;
  /** Called when a connection failed; answers whether to go on trying. */
  onRefused: () => Promise<boolean> = async () => true;

  constructor(private readonly bins: number, private readonly rate_hz: number) {
    setInterval(() => this.check(), PING_MS);
  }

  on<K extends TopicName>(topic: K, handler: Handler<Topics[K]>): void {
    this.handlers.set(topic, [...(this.handlers.get(topic) ?? []), handler as Handler<never>]);
  }

  open(): void {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/v1/ws`);
    socket.binaryType = "arraybuffer";
    let accepted = false;
    socket.onopen = () => {
      accepted = true;
      this.wait_ms = FIRST_WAIT_MS;
      this.heard_ms = performance.now();
      socket.send(JSON.stringify({ subscribe: [...TOPICS, "spectrum"], rate_hz: this.rate_hz, bins: this.bins }));
      this.onConnected(true);
    };
    socket.onmessage = (event) => this.take(event.data as string | ArrayBuffer);
    socket.onclose = () => void this.again(socket, accepted);
    this.socket = socket;
  }

  private take(data: string | ArrayBuffer): void {
    this.heard_ms = performance.now();
    if (data instanceof ArrayBuffer) return this.onSpectrum(spectrumFrame(data));
    const message = JSON.parse(data) as { topic: string; data: unknown };
    if (message.topic === "hello") this.snapshot((message.data as { snapshot: Record<string, unknown> }).snapshot);
    else this.give(message.topic, message.data);
  }

  /** What holds at the time of connecting comes as if it had just happened. */
  private snapshot(facts: Record<string, unknown>): void {
    for (const [topic, fact] of Object.entries(facts)) {
      if (fact === null) continue;
      for (const one of Array.isArray(fact) ? fact : [fact]) this.give(topic, one);
    }
  }

  private give(topic: string, fact: unknown): void {
    for (const handler of this.handlers.get(topic) ?? []) handler(fact as never);
  }

  private async again(socket: WebSocket, accepted: boolean): Promise<void> {
    if (socket !== this.socket) return;
    this.socket = null;
    this.onConnected(false);
    if (!accepted && !(await this.onRefused())) return;
    setTimeout(() => this.open(), this.wait_ms * (0.75 + Math.random() / 2));
    this.wait_ms = Math.min(this.wait_ms * 1.7, LONGEST_WAIT_MS);
  }

  private check(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.heard_ms > SILENCE_MS) this.socket.close();
    else this.socket.send(JSON.stringify({ ping: Date.now() }));
  }
}

/** The binary frame as app/api/spectrum.py describes it. */
export function spectrumFrame(buffer: ArrayBuffer): SpectrumFrame {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1) throw new Error("unknown spectrum frame");
  const rows = view.getUint16(2, true), bins = view.getUint32(4, true), times = 40, losses = times + rows * 8, cells = losses + rows * 4;
  return {
    rows, bins, missed: view.getUint32(12, true), centre_hz: view.getFloat64(16, true), rate_hz: view.getFloat64(24, true),
    floor_dbfs: view.getFloat32(32, true), step_db: view.getFloat32(36, true),
    time_s: new Float64Array(buffer.slice(times, losses)), lost: new Uint32Array(buffer.slice(losses, cells)),
    values: new Uint8Array(buffer, cells, rows * bins),
  };
}

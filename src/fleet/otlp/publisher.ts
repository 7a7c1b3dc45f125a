import type { Exporter } from '../../trace/export/exporter.ts';
import { otlp } from '../../trace/export/otlp.ts';
import { TraceReader } from '../../trace/read/reader.ts';
import { type TailLines, TraceTail } from '../../trace/tail/trace-tail.ts';
import { formatCount } from '../../util/format.ts';
import { readPosition, writePosition } from './position-file.ts';
import type { SendResult } from './sender.ts';

export type OtlpPublisherOptions = {
  /** Path of the trace that is being recorded. It is the queue. */
  trace: string;
  /** Name and version of this program. */
  tool: string;
  /** The collector, in messages. */
  label: string;
  sender: { send(body: string): Promise<SendResult> };
  /** Receives one sentence when the state changes. */
  onMessage: (text: string) => void;
  /** Waits, and resolves early when the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Bytes of the trace that are read at once. They become one or two requests. */
const readBytes = 1 << 19;
/** Interval at which the trace is read while it has no new records, ms. */
const pollMs = 250;
/** Delays of retries, ms. A collector may ask for a longer one, up to the last limit. */
const firstDelayMs = 1_000;
const maxDelayMs = 30_000;
const maxAskedDelayMs = 300_000;
/** Interval at which lost records are reported, ms: a collector that refuses all would fill a log. */
const lossIntervalMs = 60_000;

/**
 * Sends the records of a trace to a collector while it is recorded. Nothing is queued in memory. The position of the last
 * stored record is in a file, so that another run continues there.
 */
export class OtlpPublisher {
  readonly #options: OtlpPublisherOptions;
  readonly #tail: TraceTail;
  readonly #reader: TraceReader;
  readonly #exporter: Exporter;
  /** Records that the collector did not store and never will, and records deleted before they were sent. */
  #lost = 0;
  #unreported = { records: 0, what: '' };
  #reportedMs = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;

  constructor(options: OtlpPublisherOptions) {
    this.#options = options;
    this.#tail = new TraceTail(options.trace);
    this.#reader = new TraceReader();
    this.#exporter = otlp({ tool: options.tool });
  }

  get lost(): number {
    return this.#lost;
  }

  /**
   * Sends until `signal` aborts and everything recorded is sent, or until `deadline` aborts.
   * @throws the file system's error for the trace and the position
   */
  async run(signal: AbortSignal, deadline: AbortSignal): Promise<void> {
    const position = await readPosition(this.#options.trace);
    if (position) await this.#tail.seek(position);
    try {
      while (!deadline.aborted) {
        // Read before the file, so that everything written before the abort is sent.
        const isLast = signal.aborted;
        const lines = await this.#tail.read(readBytes);
        if (lines) await this.#publish(lines, deadline);
        else if (isLast) return;
        else await this.#options.sleep(pollMs, signal);
      }
    } finally {
      this.#reportLoss();
      await this.#tail.close();
    }
  }

  async #publish(lines: TailLines, deadline: AbortSignal): Promise<void> {
    const { recorder, lastSeq, bytes, isContext, missing } = lines;
    if (missing > 0) this.#lose(missing, 'deleted before they were sent');
    let requests = '';
    for (const batch of this.#reader.push(bytes)) requests += this.#exporter.convert(batch, () => !isContext);
    requests += this.#exporter.end();
    // Records that were sent before are read for the processes that they describe.
    if (isContext) return;
    for (const body of requests.split('\n')) {
      if (body !== '' && !(await this.#send(body, deadline))) return;
    }
    writePosition(this.#options.trace, { recorder, seq: lastSeq });
  }

  /** Sends a request until the collector has stored or refused it. Returns false if the deadline was first. */
  async #send(body: string, deadline: AbortSignal): Promise<boolean> {
    let delayMs = firstDelayMs;
    while (!deadline.aborted) {
      const result = await this.#options.sender.send(body);
      if (result.type === 'stored') {
        if (result.rejected > 0) this.#lose(result.rejected, `rejected${result.reason}`);
        this.#setProblem(undefined);
        return true;
      }
      if (result.type === 'refused') {
        this.#lose(countRecords(body), `refused: ${result.reason}`);
        this.#problem = undefined;
        return true;
      }
      if (deadline.aborted) return false;
      this.#setProblem(result.reason);
      const askedMs = result.type === 'retry' ? (result.afterMs ?? 0) : maxDelayMs;
      await this.#options.sleep(Math.max(delayMs, Math.min(askedMs, maxAskedDelayMs)), deadline);
      delayMs = Math.min(maxDelayMs, delayMs * 2);
    }
    return false;
  }

  #lose(records: number, what: string): void {
    this.#lost += records;
    this.#unreported = { records: this.#unreported.records + records, what };
    if (performance.now() - this.#reportedMs > lossIntervalMs) this.#reportLoss();
  }

  /** Reports the records that were lost since the last report, with the newest reason. */
  #reportLoss(): void {
    const { records, what } = this.#unreported;
    if (records === 0) return;
    this.#report(`${formatCount(records, 'record')} ${what}`);
    this.#unreported = { records: 0, what };
    this.#reportedMs = performance.now();
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#report(problem === undefined ? 'sending again' : `${problem}; records wait in the file`);
  }

  #report(text: string): void {
    this.#options.onMessage(`${this.#options.label}: ${text}`);
  }
}

/** Counts the records of a request. Only records have this key, and a quote inside a text is escaped. */
const countRecords = (body: string): number => body.split('"timeUnixNano":').length - 1;

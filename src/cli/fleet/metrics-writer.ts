import type { Batch } from '../../domain/events/event.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import { ChurnMetrics } from '../../trace/metrics/churn-metrics.ts';
import { prometheusText } from '../../trace/metrics/prometheus.ts';
import { replaceFile } from '../../trace/write/replace-file.ts';
import { CliError, describeError } from '../support/errors.ts';
import { tool } from '../support/version.ts';

/** How often the file is replaced, ms. node_exporter reads it at each scrape, and most scrapes are 15 s to 60 s apart. */
const intervalMs = 15_000;
/** node_exporter runs as another user. */
const fileMode = 0o644;

/** Writes the metrics of a source to a file, for node_exporter's textfile collector. */
export class MetricsWriter {
  readonly #path: string;
  readonly #onMessage: (text: string) => void;
  readonly #metrics = new ChurnMetrics();
  readonly #timer: NodeJS.Timeout;
  #lastError: string | undefined;

  /**
   * Writes the file at once. `onMessage` receives the error when a later write fails for another reason than before.
   * @throws CliError if the file cannot be written
   */
  constructor(path: string, onMessage: (text: string) => void) {
    this.#path = path;
    this.#onMessage = onMessage;
    const error = this.#write();
    if (error !== undefined) throw new CliError(error);
    this.#timer = setInterval(() => this.#update(), intervalMs);
  }

  onBatch({ records }: Batch): void {
    for (const record of records) this.#metrics.apply(record);
  }

  onStatus(status: SourceStatus): void {
    this.#metrics.setStatus(status);
  }

  /** Writes the last values. */
  stop(): void {
    clearInterval(this.#timer);
    this.#update();
  }

  #update(): void {
    const error = this.#write();
    if (error !== undefined && error !== this.#lastError) this.#onMessage(error);
    this.#lastError = error;
  }

  /** Writes the file. Returns why it could not be written. */
  #write(): string | undefined {
    try {
      replaceFile(this.#path, prometheusText(this.#metrics, tool), fileMode);
      return undefined;
    } catch (error) {
      return `--metrics: ${this.#path}: ${describeError(error)}`;
    }
  }
}

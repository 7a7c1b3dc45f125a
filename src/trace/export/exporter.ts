import type { TraceBatch } from '../read/batches.ts';
import type { RecordPredicate } from '../read/trace-filter.ts';

export type ExporterOptions = {
  /** Name and version of the writing program, for example `churntop 0.1.0`. */
  tool: string;
  /** Whether there are recordings of several hosts, one after the other. They may have been made at the same time. */
  severalHosts?: boolean;
};

/** Converts the batches of a trace to text of another format, piece by piece. */
export type Exporter = {
  begin(): string;
  /** Converts a batch. Omits records that do not match, but tracks their processes. */
  convert(batch: TraceBatch, matches: RecordPredicate): string;
  /** Ends the document. `incompleteReason` is the reason why it does not contain the whole trace. */
  end(incompleteReason?: string): string;
  /** Number of records that the format cannot represent. */
  readonly skippedRecords: number;
};

export type CreateExporter = (options: ExporterOptions) => Exporter;

/** The formats of `--to`. The exporters are in `exporters.ts`, so that the table of flags does not load them. */
export const exportFormats = {
  perfetto: { consumer: 'ui.perfetto.dev' },
  otlp: { consumer: 'OpenTelemetry logs' },
  ecs: { consumer: 'Elastic' },
} as const satisfies Record<string, { consumer: string }>;
export type ExportFormat = keyof typeof exportFormats;

import type { TraceBatch } from '../read/batches.ts';
import type { RecordPredicate } from '../read/trace-filter.ts';

export type ExporterOptions = {
  /** `churntop 0.1.0`. */
  tool: string;
};

/** Batches of a trace in, text of another format out, in pieces that are written as they come. */
export type Exporter = {
  begin(): string;
  /** Records that do not pass are followed, so that parents are known, and left out. */
  convert(batch: TraceBatch, passes: RecordPredicate): string;
  /** `cut`: why not all of the trace is in it. */
  end(incompleteReason?: string): string;
  /** Records that the format has no place for. */
  readonly skippedRecords: number;
};

export type CreateExporter = (options: ExporterOptions) => Exporter;

/** What `--to` takes. Who makes them is apart (`exporters.ts`): the flags need the names only. */
export const exportFormats = {
  perfetto: { what: 'ui.perfetto.dev' },
  otlp: { what: 'OpenTelemetry logs' },
  ecs: { what: 'Elastic' },
} as const satisfies Record<string, { what: string }>;
export type ExportFormat = keyof typeof exportFormats;

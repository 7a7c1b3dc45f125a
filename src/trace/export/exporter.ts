import type { TraceBatch } from '../reader.ts';

export type ExportOptions = {
  /** `churntop 0.1.0`. */
  tool: string;
  /** Which comms are exported; gaps always are. */
  matches: (comm: string) => boolean;
};

/** Batches of a trace in, text of another format out, in pieces that are written as they come. */
export type Exporter = {
  begin(): string;
  batch(batch: TraceBatch): string;
  end(): string;
  /** Records that the format has no place for. */
  readonly left: number;
};

export type MakeExporter = (options: ExportOptions) => Exporter;

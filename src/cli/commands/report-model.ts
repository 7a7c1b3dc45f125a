import type { ChurnReport } from '../../domain/stats/report.ts';
import type { Diagnostics } from '../../trace/read/diagnostics.ts';

/** A report of traces, or of a live source. */
export type Report = { metadata: ReportMetadata; stats: ChurnReport };

/** Origin and size of the data in a report. */
export type ReportMetadata = {
  /** Host of each recorder, up to a limit. */
  hosts: string[];
  /** Wall time of the newest record, ns since the epoch. */
  untilNs: bigint | undefined;
  records: number;
  /** Lines that could not be read. */
  skipped: Diagnostics;
  /** Problems of lines that could be read. */
  warnings: Diagnostics;
  filter: string;
};

import type { ChurnReport } from '../../domain/stats/report.ts';
import type { Diagnostics } from '../../trace/read/reader.ts';

export type Report = { of: ReportMetadata; churn: ChurnReport };

/** What was read or watched, beside what churned. */
export type ReportMetadata = {
  /** `host` of each recorder, the first few. */
  hosts: string[];
  /** Wall time of the newest record, ns since the epoch. */
  untilNs: bigint | undefined;
  records: number;
  skipped: Diagnostics;
  notes: Diagnostics;
  filter: string;
};

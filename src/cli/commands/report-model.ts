import type { ChurnReport } from '../../domain/stats/report.ts';
import type { Remarks } from '../../trace/read/reader.ts';

export type Report = { of: ReportOf; churn: ChurnReport };

/** What was read or watched, beside what churned. */
export type ReportOf = {
  /** `host` of each recorder, the first few. */
  hosts: string[];
  /** Wall time of the newest record, ns since the epoch. */
  untilNs: bigint | undefined;
  records: number;
  skipped: Remarks;
  notes: Remarks;
  filter: string;
};

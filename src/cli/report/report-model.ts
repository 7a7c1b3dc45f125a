import { shortenIds } from '../../domain/cgroups/place-text.ts';
import { nameText } from '../../domain/commands/command-text.ts';
import type { ProcessName } from '../../domain/stats/group-stats.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import { otherKey, type ReportGrouping } from '../../domain/stats/groups.ts';
import type { ChurnReport } from '../../domain/stats/report.ts';
import type { Diagnostics } from '../../trace/read/diagnostics.ts';

/** A report of traces, or of a live source. */
export type Report = { metadata: ReportMetadata; stats: ChurnReport };

/** Origin and size of the data in a report. */
export type ReportMetadata = {
  /** Host of each recorder, up to a limit. */
  hosts: string[];
  /** Whether the hosts were recorded at the same time, and are counted each. */
  areHostsCounted: boolean;
  /** Wall time of the newest record, ns since the epoch. */
  untilNs: bigint | undefined;
  records: number;
  /** Lines that could not be read. */
  skipped: Diagnostics;
  /** Problems of lines that could be read. */
  warnings: Diagnostics;
  filter: string;
};

/** Returns a process in the text of a report: `cron[412]`. */
export const processText = ({ comm, pid }: ProcessName): string => `${nameText(comm)}[${pid}]`;

/** Returns the name of a group in the text of a report. */
export const groupName: Readonly<Record<ReportGrouping, (row: GroupSummary) => string>> = {
  comm: ({ key }) => nameText(key),
  command: ({ key }) => key,
  parent: ({ key, lineage }) => (lineage?.[0] ? processText(lineage[0]) : key === otherKey ? key : '?'),
  user: ({ key }) => (/^\d+$/.test(key) ? `uid ${key}` : key),
  cgroup: ({ key }) => shortenIds(key),
  container: ({ key }) => key,
  unit: ({ key }) => shortenIds(key),
  host: ({ key }) => key,
};

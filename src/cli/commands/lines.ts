import type { WriteStream } from 'node:tty';
import type { GapRecord } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { SystemState } from '../../domain/processes/system-state.ts';
import { coverageOf, type EventSource, type SourceStatus } from '../../domain/source/event-source.ts';
import { isShownInLog } from '../../store/navigation/selectors.ts';
import { logLine } from '../../ui/components/log-line.ts';
import type { Theme } from '../../ui/theme/theme.ts';
import { formatRate, groupDigits } from '../../util/format.ts';
import { formatRfc3339 } from '../../util/time.ts';
import { openLineStream } from '../support/output.ts';
import { createBell } from '../terminal/terminal.ts';

export type LinesOptions = {
  source: EventSource;
  out: WriteStream;
  filter: CompiledFilter;
  userName: (uid: number) => string;
  theme: Theme;
  /** Ring where an alert is raised. */
  bell: boolean;
  /** Resolves when an end was asked for (a signal). */
  interrupted: Promise<void>;
};

/** A line waits so long: by then it is known which program a fork was made for. */
const settleDelayNs = 100_000_000n;
/** Between two lines that sum up. */
const summaryIntervalNs = 10_000_000_000n;
/** Where nothing tells how wide a line may be. */
const defaultColumns = 120;

/**
 * The log as plain lines, each written once: for terminals that cannot go back (TERM=dumb) and for screen readers, which a
 * screen that changes ten times a second would keep reading for ever.
 */
export const runLines = async (options: LinesOptions): Promise<void> => {
  const { source, out, filter, userName, theme, bell, interrupted } = options;
  const { info } = source;
  const { queue, ended, end, fail } = openLineStream(out, interrupted);
  const guest = { bootOffsetNs: info.bootOffsetNs, userName };
  const systemState = new SystemState(undefined, guest);
  const ringBell = bell ? createBell((sound) => queue.write(0, () => sound)) : () => {};
  let status: SourceStatus | undefined;
  let nextIndex = 0;
  let lastSummaryNs: bigint | undefined;

  const maxColumns = () => Math.max(40, (out.columns ?? defaultColumns) - 1);
  const formatEntry = (entry: Parameters<typeof logLine>[0]) =>
    theme.encode(logLine(entry, info.wallOffsetNs, maxColumns(), theme)).trimEnd();
  const writeLines = (lines: readonly string[]) => {
    queue.write(lines.length, () => lines.map((each) => `${each}\n`).join(''));
  };
  const formatGap = (gap: GapRecord) =>
    formatEntry({ record: gap, parentComm: undefined, origin: undefined, mergedIntoSpawn: false });

  /** What has settled by then. */
  const deliver = (untilNs: bigint) => {
    const { log } = systemState;
    const lines: string[] = [];
    const gap = queue.takeGap(systemState.nowNs);
    if (gap) lines.push(formatGap(gap));
    for (nextIndex = Math.max(nextIndex, log.dropped); nextIndex < log.dropped + log.length; nextIndex++) {
      const entry = log.at(nextIndex - log.dropped);
      if (!entry || recordTimeNs(entry.record) > untilNs) break;
      if (isShownInLog(entry, filter, guest)) lines.push(formatEntry(entry));
    }
    writeLines(lines);
  };
  const writeSummary = () => writeLines([theme.encode(summaryLine(systemState, info.wallOffsetNs, status))]);

  source.start({
    onBatch(batch) {
      systemState.apply(batch);
      ringBell(systemState);
      if (lastSummaryNs === undefined || batch.nowNs - lastSummaryNs >= summaryIntervalNs) {
        if (status || lastSummaryNs !== undefined) writeSummary();
        lastSummaryNs = batch.nowNs;
      }
      deliver(batch.nowNs - settleDelayNs);
    },
    onStatus: (now) => {
      status = now;
    },
    onError: fail,
    onEnd: end,
  });
  try {
    await ended;
  } finally {
    await source.stop();
    deliver(systemState.nowNs);
    writeSummary();
    await queue.flush();
  }
};

/** `12:01:43 = spawn 0.4/s, exit 0.2/s, alive 6, zombies 1, cursor mode, unseen at most 4 (coverage 99.6%)`. */
const summaryLine = (
  { spawns, exits, table, nowNs }: SystemState,
  wallOffsetNs: bigint,
  status: SourceStatus | undefined,
): string => {
  const coverage = status && coverageOf(status);
  return [
    `${formatRfc3339(nowNs + wallOffsetNs).slice(11, 23)} = spawn ${formatRate(spawns.perSecond())}/s`,
    `exit ${formatRate(exits.perSecond())}/s`,
    `alive ${groupDigits(table.size)}`,
    `zombies ${groupDigits(table.zombies)}`,
    ...(status ? [`${status.mode} mode`] : []),
    status?.missedTasks === undefined
      ? 'unseen unknown'
      : `unseen at most ${groupDigits(status.missedTasks)}`,
    ...(coverage === undefined ? [] : [`coverage ${(coverage * 100).toFixed(1)}%`]),
  ].join(', ');
};

import type { WriteStream } from 'node:tty';
import type { GapRecord } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { SystemState } from '../../domain/processes/system-state.ts';
import { coverageOf, type EventSource, type SourceStatus } from '../../domain/source/event-source.ts';
import { withOffsets } from '../../domain/source/wall-clock.ts';
import { isShownInLog } from '../../store/navigation/selectors.ts';
import { logLine } from '../../ui/components/log-line.ts';
import { modeText } from '../../ui/text/capture-mode.ts';
import type { Theme } from '../../ui/theme/theme.ts';
import { formatRate, groupDigits } from '../../util/format.ts';
import { formatTimeOfDay } from '../../util/time.ts';
import { LineStream } from '../support/output.ts';
import { AlertBell } from '../terminal/bell.ts';
import { UnreadCommands } from './unread-commands.ts';

export type LinesOptions = {
  source: EventSource;
  out: WriteStream;
  filter: CompiledFilter;
  userName: (uid: number) => string;
  theme: Theme;
  /** Whether to ring the bell when an alert is raised. */
  bell: boolean;
  /** Aborts when the command should stop. */
  signal: AbortSignal;
};

/** Delay of a line, so that a fork and the exec after it become one line. */
const settleDelayNs = 100_000_000n;
const summaryIntervalNs = 10_000_000_000n;
/** Line width if the output is not a terminal. */
const defaultColumns = 120;

/**
 * Prints the log as plain lines, for terminals without cursor control (TERM=dumb) and for screen readers. A screen reader
 * cannot finish reading a screen that changes ten times a second.
 */
export const runLines = async (options: LinesOptions): Promise<void> => {
  const { source, out, filter, userName, theme, bell, signal } = options;
  let { info } = source;
  const stream = new LineStream(out, signal);
  const { writer } = stream;
  const guest = { host: info.host, bootOffsetNs: info.bootOffsetNs, userName };
  const systemState = new SystemState(undefined, guest);
  const unreadCommands = new UnreadCommands(source, systemState);
  const alertBell = bell ? new AlertBell((text) => writer.write(0, () => text)) : undefined;
  let status: SourceStatus | undefined;
  let nextIndex = 0;
  let lastSummaryNs: bigint | undefined;

  const maxColumns = () => Math.max(40, (out.columns ?? defaultColumns) - 1);
  const formatEntry = (entry: Parameters<typeof logLine>[0]) =>
    theme.encode(logLine(entry, { clock: info, width: maxColumns(), userName, theme })).trimEnd();
  const writeLines = (lines: readonly string[]) => {
    writer.write(lines.length, () => lines.map((line) => `${line}\n`).join(''));
  };
  const formatGap = (gap: GapRecord) =>
    formatEntry({ record: gap, parentComm: undefined, origin: undefined, mergedIntoSpawn: false });

  /** Reads the commands of entries that are not written yet. */
  const readCommands = () => {
    const { log } = systemState;
    for (let index = Math.max(nextIndex, log.dropped); index < log.dropped + log.length; index++) {
      const entry = log.at(index - log.dropped);
      if (entry && isShownInLog(entry, filter, guest)) unreadCommands.read(entry);
    }
  };
  /** Writes the log entries up to a time, or up to the first one that waits for its command. */
  const deliver = (untilNs: bigint) => {
    const { log } = systemState;
    const lines: string[] = [];
    const gap = writer.takeGap(systemState.nowNs);
    if (gap) lines.push(formatGap(gap));
    for (nextIndex = Math.max(nextIndex, log.dropped); nextIndex < log.dropped + log.length; nextIndex++) {
      const entry = log.at(nextIndex - log.dropped);
      if (!entry || recordTimeNs(entry.record) > untilNs) break;
      if (unreadCommands.isWaiting(entry)) break;
      if (isShownInLog(entry, filter, guest)) lines.push(formatEntry(entry));
    }
    writeLines(lines);
  };
  const writeSummary = () => writeLines([theme.encode(summaryLine(systemState, info.wallOffsetNs, status))]);

  source.start({
    onBatch(batch) {
      systemState.apply(batch);
      alertBell?.update(systemState);
      if (lastSummaryNs === undefined || batch.nowNs - lastSummaryNs >= summaryIntervalNs) {
        if (status || lastSummaryNs !== undefined) writeSummary();
        lastSummaryNs = batch.nowNs;
      }
      readCommands();
      deliver(batch.nowNs - settleDelayNs);
    },
    onStatus: (latest) => {
      status = latest;
    },
    onClock(offsets) {
      info = withOffsets(info, offsets);
      guest.bootOffsetNs = info.bootOffsetNs;
    },
    onError: stream.fail,
    onEnd: stream.finish,
  });
  try {
    await stream.finished;
  } finally {
    await source.stop();
    unreadCommands.stop();
    deliver(systemState.nowNs);
    writeSummary();
    await writer.flush();
  }
};

/** Returns `12:01:43.000 = spawn 0.4/s, exit 0.2/s, alive 6, zombies 1, cursor mode, missed at most 4, coverage 99.6%`. */
const summaryLine = (
  { spawns, exits, table, nowNs }: SystemState,
  wallOffsetNs: bigint,
  status: SourceStatus | undefined,
): string => {
  const coverage = status && coverageOf(status);
  // With kernel events, none missed is a fact and not a bound.
  const isExact = status?.mode === 'kernel' && status.missedTasks === 0;
  return [
    `${formatTimeOfDay(nowNs + wallOffsetNs)} = spawn ${formatRate(spawns.perSecond())}/s`,
    `exit ${formatRate(exits.perSecond())}/s`,
    `alive ${groupDigits(table.size)}`,
    `zombies ${groupDigits(table.zombies)}`,
    ...(status ? [modeText(status.mode)] : []),
    status?.missedTasks === undefined
      ? 'missed unknown'
      : `missed ${isExact ? '' : 'at most '}${groupDigits(status.missedTasks)}`,
    ...(coverage === undefined ? [] : [`coverage ${(coverage * 100).toFixed(1)}%`]),
  ].join(', ');
};

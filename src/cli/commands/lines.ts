import type { WriteStream } from 'node:tty';
import type { GapRecord } from '../../domain/events/event.ts';
import { timeOf } from '../../domain/events/record.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import { World } from '../../domain/processes/system-state.ts';
import { coverageOf, type EventSource, type SourceStatus } from '../../domain/source/event-source.ts';
import { isLine } from '../../store/navigation/selectors.ts';
import { logLine } from '../../ui/components/log-line.ts';
import type { Theme } from '../../ui/theme/theme.ts';
import { grouped, shortRate } from '../../util/format.ts';
import { rfc3339 } from '../../util/time.ts';
import { openStreaming } from '../support/output.ts';
import { openBell } from '../terminal/terminal.ts';

export type LinesOptions = {
  source: EventSource;
  out: WriteStream;
  filter: Accepts;
  userName: (uid: number) => string;
  theme: Theme;
  /** Ring where an alert is raised. */
  bell: boolean;
  /** Resolves when an end was asked for (a signal). */
  interrupted: Promise<void>;
};

/** A line waits so long: by then it is known which program a fork was made for. */
const settledAfterNs = 100_000_000n;
/** Between two lines that sum up. */
const summaryEveryNs = 10_000_000_000n;
/** Where nothing tells how wide a line may be. */
const columnsOfNoTerminal = 120;

/**
 * The log as plain lines, each written once: for terminals that cannot go back (TERM=dumb) and for screen readers, which a
 * screen that changes ten times a second would keep reading for ever.
 */
export const runLines = async (options: LinesOptions): Promise<void> => {
  const { source, out, filter, userName, theme, bell, interrupted } = options;
  const { info } = source;
  const { queue, ended, end, fail } = openStreaming(out, interrupted);
  const guest = { bootOffsetNs: info.bootOffsetNs, userName };
  const world = new World(undefined, guest);
  const ring = bell ? openBell((sound) => queue.push(0, () => sound)) : () => {};
  let status: SourceStatus | undefined;
  let next = 0;
  let summaryNs: bigint | undefined;

  const columns = () => Math.max(40, (out.columns ?? columnsOfNoTerminal) - 1);
  const line = (entry: Parameters<typeof logLine>[0]) =>
    theme.write(logLine(entry, info.wallOffsetNs, columns(), theme)).trimEnd();
  const write = (lines: readonly string[]) => {
    queue.push(lines.length, () => lines.map((each) => `${each}\n`).join(''));
  };
  const gapLine = (gap: GapRecord) => line({ record: gap, parent: undefined, kin: undefined, folded: false });

  /** What has settled by then. */
  const deliver = (byNs: bigint) => {
    const { log } = world;
    const lines: string[] = [];
    const gap = queue.takeGap(world.nowNs);
    if (gap) lines.push(gapLine(gap));
    for (next = Math.max(next, log.dropped); next < log.dropped + log.length; next++) {
      const entry = log.at(next - log.dropped);
      if (!entry || timeOf(entry.record) > byNs) break;
      if (isLine(entry, filter, guest)) lines.push(line(entry));
    }
    write(lines);
  };
  const sumUp = () => write([theme.write(summary(world, info.wallOffsetNs, status))]);

  source.start({
    onBatch(batch) {
      world.apply(batch);
      ring(world);
      if (summaryNs === undefined || batch.nowNs - summaryNs >= summaryEveryNs) {
        if (status || summaryNs !== undefined) sumUp();
        summaryNs = batch.nowNs;
      }
      deliver(batch.nowNs - settledAfterNs);
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
    deliver(world.nowNs);
    sumUp();
    await queue.flush();
  }
};

/** `12:01:43 = spawn 0.4/s, exit 0.2/s, alive 6, zombies 1, cursor mode, unseen at most 4 (coverage 99.6%)`. */
const summary = (
  { spawns, exits, table, nowNs }: World,
  wallOffsetNs: bigint,
  status: SourceStatus | undefined,
): string => {
  const coverage = status && coverageOf(status);
  return [
    `${rfc3339(nowNs + wallOffsetNs).slice(11, 23)} = spawn ${shortRate(spawns.perSecond())}/s`,
    `exit ${shortRate(exits.perSecond())}/s`,
    `alive ${grouped(table.size)}`,
    `zombies ${grouped(table.zombies)}`,
    ...(status ? [`${status.mode} mode`] : []),
    status?.unseen === undefined ? 'unseen unknown' : `unseen at most ${grouped(status.unseen)}`,
    ...(coverage === undefined ? [] : [`coverage ${(coverage * 100).toFixed(1)}%`]),
  ].join(', ');
};

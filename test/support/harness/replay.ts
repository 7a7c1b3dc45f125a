import fc from 'fast-check';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import type { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { SourceInfo } from '../../../src/domain/source/event-source.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { TraceCursor } from '../../../src/trace/replay/files/cursor.ts';
import type { ReplayFile } from '../../../src/trace/replay/files/trace-file.ts';
import { buildIndex } from '../../../src/trace/replay/index/build.ts';
import type { CheckpointLimits } from '../../../src/trace/replay/index/checkpoints.ts';
import type { StartIndex } from '../../../src/trace/replay/index/client.ts';
import type { IndexMessage } from '../../../src/trace/replay/index/protocol.ts';
import { Playhead } from '../../../src/trace/replay/player/playhead.ts';
import type { SeekTarget } from '../../../src/trace/replay/player/target.ts';
import { TraceState } from '../../../src/trace/replay/state/trace-state.ts';
import { syntheticInfo } from '../fixtures/synthetic-trace.ts';

/** A file that is only in memory. */
export const memoryFile = (text: string | Buffer, name = 'test.ndjson'): ReplayFile => {
  const bytes = Buffer.from(text);
  return {
    name,
    size: bytes.length,
    read: async (buffer, position) => bytes.subarray(position).copy(buffer),
  };
};

/** The index built at once, on this thread. */
export const startIndexInline =
  (files: readonly ReplayFile[], limits?: CheckpointLimits, chunkBytes?: number): StartIndex =>
  (onMessage, onError) => {
    const done = buildIndex({ files, post: onMessage, now: () => 0, limits, chunkBytes }).catch(onError);
    return { stop: async () => void (await done) };
  };

export const collectIndexMessages = async (
  files: readonly ReplayFile[],
  limits?: CheckpointLimits,
  chunkBytes?: number,
): Promise<IndexMessage[]> => {
  const messages: IndexMessage[] = [];
  await buildIndex({ files, post: (message) => messages.push(message), now: () => 0, limits, chunkBytes });
  return messages;
};

/** The fold from the first byte on, without any of the machinery that is to be tested. */
export const replayFromStart = async (
  files: readonly ReplayFile[],
  target: SeekTarget,
  history: number,
): Promise<TraceState> => {
  const playhead = new Playhead(new TraceState(history), new TraceCursor(files));
  await playhead.advance(target);
  if (target.kind === 'time') playhead.state.advanceTo(target.atNs);
  return playhead.state;
};

/** All of a world, the log in order. */
export const comparableState = (state: SystemState) => ({
  ...state.snapshot(),
  lost: Object.fromEntries(state.lostByReason),
  log: [...state.log],
  dropped: state.log.dropped,
});

type TraceStep =
  | { what: 'spawn'; pid: number; comm: string; initial: boolean }
  | { what: 'exec'; pid: number; comm: string }
  | { what: 'zombie' | 'exit'; pid: number }
  | { what: 'gap'; tasks: number }
  | { what: 'clock'; setNs: bigint }
  | { what: 'recorder'; boot: number }
  | { what: 'part' }
  | { what: 'hole' }
  | { what: 'junk'; line: string };

const pid = fc.integer({ min: 1, max: 12 });
const comm = fc.constantFrom('sh', 'cc1', 'nginx', 'a"b', '漢字', 'x\x1b[2J');

const arbitraryStep: fc.Arbitrary<TraceStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ what: fc.constant('spawn' as const), pid, comm, initial: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('exec' as const), pid, comm }) },
  { weight: 6, arbitrary: fc.record({ what: fc.constantFrom('zombie' as const, 'exit' as const), pid }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('gap' as const), tasks: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('clock' as const),
      setNs: fc.bigInt({ min: -9_000_000_000n, max: 9_000_000_000n }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('recorder' as const), boot: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('part' as const) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('hole' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('junk' as const),
      line: fc.constantFrom(
        '{',
        '',
        '[1]',
        '{"probe_source":"process.exec"}',
        '{"probe_source":"new"}',
        'x'.repeat(900),
      ),
    }),
  },
);

/** Time to the next happening, ns; now and then it runs backwards. */
const arbitraryDelay = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 0n, max: 400_000_000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 20_000_000_000n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: -3_000_000_000n, max: 0n }) },
);

/** The texts of one or more files, of whatever may stand in them. */
export const arbitraryTrace: fc.Arbitrary<string[]> = fc
  .record({
    headless: fc.boolean(),
    torn: fc.boolean(),
    steps: fc.array(fc.tuple(arbitraryDelay, arbitraryStep), { maxLength: 150 }),
  })
  .map(({ headless, torn, steps }) => traceTexts(steps, headless, torn));

const traceTexts = (steps: readonly [bigint, TraceStep][], headless: boolean, torn: boolean): string[] => {
  const texts: string[] = [''];
  let nowNs = 1_000_000_000_000n;
  let offsetNs = syntheticInfo.wallOffsetNs;
  const composerFor = (info: SourceInfo) =>
    new TraceComposer({ info, tool: 'churntop test', wallOffsetNs: () => offsetNs });
  let composer = composerFor(syntheticInfo);
  const write = (lines: string) => {
    texts[texts.length - 1] += lines;
  };
  const record = (one: ChurnRecord) => write(composer.line(one));
  if (!headless) write(composer.begin(nowNs));
  for (const [passedNs, step] of steps) {
    nowNs += passedNs;
    const at = { guest_monotonic_ns: nowNs };
    if (step.what === 'spawn')
      record({
        probe_source: 'process.spawned',
        guest_pid: step.pid,
        guest_comm: step.comm,
        ...at,
        guest_ppid: 1,
        ...(step.initial && { initial: true as const }),
      });
    if (step.what === 'exec')
      record({
        probe_source: 'process.exec',
        guest_pid: step.pid,
        guest_comm: step.comm,
        ...at,
        previous_comm: 'sh',
      });
    if (step.what === 'zombie')
      record({ probe_source: 'process.zombie', guest_pid: step.pid, guest_comm: 'sh', ...at });
    if (step.what === 'exit')
      record({
        probe_source: 'process.exited',
        guest_pid: step.pid,
        guest_comm: 'sh',
        ...at,
        lifetime_ns: 5n,
      });
    if (step.what === 'gap')
      record({
        probe_source: 'trace.gap',
        reason: 'unseen',
        tasks: step.tasks,
        from_monotonic_ns: nowNs - 1n,
        to_monotonic_ns: nowNs,
      });
    if (step.what === 'clock') {
      offsetNs += step.setNs;
      write(
        composer.line({
          probe_source: 'trace.clock',
          clock: {
            monotonic_ns: nowNs,
            realtime: new Date(Number((nowNs + offsetNs) / 1_000_000n)).toISOString(),
          },
        }),
      );
    }
    if (step.what === 'recorder') {
      nowNs = BigInt(step.boot) * 7_000_000_000n;
      composer = composerFor({ ...syntheticInfo, bootId: `boot-${step.boot}` });
      write(composer.begin(nowNs));
    }
    if (step.what === 'part') {
      texts.push('');
      write(composer.begin(nowNs));
    }
    if (step.what === 'hole') composer.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
    if (step.what === 'junk') write(`${step.line}\n`);
  }
  if (torn) write('{"probe_source":"process.spa');
  return texts;
};

/** A clock that a test turns: what falls due runs, and what it started is awaited. */
export const manualClock = () => {
  let nowNs = 0n;
  let due: { atNs: bigint; run: () => void }[] = [];
  return {
    now: () => nowNs,
    schedule: (milliseconds: number, run: () => void) => {
      const entry = { atNs: nowNs + BigInt(milliseconds) * 1_000_000n, run };
      due.push(entry);
      return () => {
        due = due.filter((other) => other !== entry);
      };
    },
    /** Let time pass, tick by tick. */
    advance: async (milliseconds: number) => {
      const untilNs = nowNs + BigInt(milliseconds) * 1_000_000n;
      for (;;) {
        const next = due.find(({ atNs }) => atNs <= untilNs);
        if (!next) break;
        due = due.filter((other) => other !== next);
        nowNs = next.atNs;
        next.run();
        // Files in memory answer within a few turns of the loop; the tick schedules the next one when it is done.
        for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done));
      }
      nowNs = untilNs;
    },
  };
};

import type { ProbeEvent } from '../../src/domain/events/event.ts';
import type { SourceInfo } from '../../src/domain/source/event-source.ts';
import { TraceComposer } from '../../src/trace/format/composer.ts';

export const syntheticInfo: SourceInfo = {
  host: 'made',
  bootId: '11111111-2222-4333-8444-555555555555',
  pidNamespace: 'pid:[4026531836]',
  bootOffsetNs: 0n,
  pidMax: 4_194_304,
  wallOffsetNs: 1_795_000_000_000_000_000n,
};

/** The same numbers for the same seed, 0 up to 1. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const tools = [
  'sh',
  'cc1',
  'as',
  'ld',
  'git',
  'sed',
  'node',
  'python3',
  'containerd-shim',
  'kworker/u8:3-ev',
];

/**
 * A plausible guest: a few parents that keep spawning tools, most of which end within a second. Events in order, about
 * three a life, `perSecond` spawns a second.
 */
export const syntheticEvents = function* (
  spawns: number,
  { seed = 1, perSecond = 700 } = {},
): Generator<ProbeEvent> {
  const random = seededRandom(seed);
  const window_ns = 2_000_000n;
  let nowNs = 93_417_000_123_456n;
  let pid = 5000;
  const ends: { atNs: bigint; event: ProbeEvent }[] = [];
  const parents = Array.from({ length: 20 }, (_, index) => 100 + index);
  for (const parent of parents) {
    yield {
      probe_source: 'process.spawned',
      guest_pid: parent,
      guest_comm: ['bash', 'make', 'cron', 'systemd'][parent % 4] as string,
      guest_monotonic_ns: nowNs,
      guest_ppid: 1,
      guest_uid: 0,
      start_ticks: 100,
      initial: true,
    };
  }
  for (let index = 0; index < spawns; index++) {
    nowNs += BigInt(Math.ceil((random() * 2e9) / perSecond));
    while (ends[0] && ends[0].atNs <= nowNs) yield (ends.shift() as { event: ProbeEvent }).event;
    const guest_pid = pid++;
    const guest_comm = tools[Math.floor(random() ** 2 * tools.length)] as string;
    const start_ticks = Number(nowNs / 10_000_000n);
    const forked = random() < 0.5;
    yield {
      probe_source: 'process.spawned',
      guest_pid,
      guest_comm: forked ? 'bash' : guest_comm,
      guest_monotonic_ns: nowNs,
      guest_ppid: parents[Math.floor(random() ** 3 * parents.length)] as number,
      guest_uid: index % 3 ? 1000 : 0,
      window_ns,
      start_ticks,
    };
    if (forked) {
      yield {
        probe_source: 'process.exec',
        guest_pid,
        guest_comm,
        guest_monotonic_ns: nowNs,
        previous_comm: 'bash',
        window_ns,
        start_ticks,
      };
    }
    const lifetime_ns = BigInt(Math.ceil(1e6 * 10 ** (random() * 3)));
    const atNs = nowNs + lifetime_ns;
    const event: ProbeEvent = {
      probe_source: 'process.exited',
      guest_pid,
      guest_comm,
      guest_monotonic_ns: atNs,
      lifetime_ns,
      window_ns,
      start_ticks,
    };
    let place = ends.length;
    while (place > 0 && (ends[place - 1] as { atNs: bigint }).atNs > atNs) place--;
    ends.splice(place, 0, { atNs, event });
  }
  for (const { event } of ends) yield event;
};

/** The lines of one recorder that saw `events`. */
export const syntheticTrace = function* (
  events: Iterable<ProbeEvent>,
  info: SourceInfo = syntheticInfo,
): Generator<string> {
  const composer = new TraceComposer({ info, tool: 'churntop test' });
  let nowNs = 0n;
  for (const event of events) {
    if (nowNs === 0n) yield composer.begin(event.guest_monotonic_ns);
    nowNs = event.guest_monotonic_ns;
    yield composer.compose([event], nowNs);
  }
  yield composer.end(nowNs);
};

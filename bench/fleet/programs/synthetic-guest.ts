import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import type { PulseRecord } from '../../../src/domain/events/record.ts';
import { newRecorderId, TraceComposer } from '../../../src/trace/format/composer.ts';
import { encode } from '../../../src/trace/format/encode.ts';

const comms = ['sh', 'cc1', 'as', 'ld', 'git', 'sed', 'node', 'python3', 'cron', 'containerd-shim'];
const idleProcesses = 100;
const firstPid = 1_000;
const lastPid = 30_000;
/** A process exits after this many later spawns. */
const lifetimeSpawns = 5;
const pulseComms = 16;

/** A guest that composes its trace by the clocks of this machine, without processes. */
export class SyntheticGuest {
  readonly #composer: TraceComposer;
  #events = 0;
  #pulses = 0;

  constructor(host: string) {
    const info = {
      host,
      bootId: '11111111-2222-4333-8444-555555555555',
      pidNamespace: 'pid:[4026531836]',
      bootOffsetNs: 0n,
      pidMax: 32_768,
      wallOffsetNs: BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint(),
    };
    this.#composer = new TraceComposer({
      info,
      tool: 'churntop bench',
      mode: 'kernel',
      recorder: newRecorderId(),
    });
  }

  /** Number of records composed so far. */
  get records(): number {
    return this.#composer.recordCount;
  }

  /** Returns the lines that begin the trace: the header and the live processes. */
  begin(): string {
    const nowNs = process.hrtime.bigint();
    const live = Array.from(
      { length: idleProcesses },
      (_, index): ProbeEvent => ({
        probe_source: 'process.spawned',
        ...{ guest_pid: index + 1, guest_comm: comms[index % comms.length] as string },
        ...{ guest_monotonic_ns: nowNs, guest_ppid: index === 0 ? 0 : 1, guest_uid: 0, start_ticks: index },
        initial: true,
      }),
    );
    return this.#composer.begin(nowNs) + this.#composer.compose(live, nowNs);
  }

  /** Returns the lines of the next spawns and exits, in turn, which took place in the last `spanMs`. */
  next(count: number, spanMs: number): string {
    const nowNs = process.hrtime.bigint();
    const stepNs = BigInt(Math.trunc((spanMs * 1e6) / Math.max(1, count)));
    const events = Array.from({ length: count }, (_, index) =>
      this.#event(nowNs - stepNs * BigInt(count - 1 - index)),
    );
    return this.#composer.compose(events, nowNs);
  }

  /** Returns a message of counters: a header and a pulse. */
  pulse(): string {
    const nowNs = process.hrtime.bigint();
    const header = this.#composer.header(nowNs);
    const turn = this.#pulses++;
    const pulse: PulseRecord = {
      probe_source: 'trace.pulse',
      clock: header.clock,
      as_of: turn * 100,
      ...{ alive: 100 + (turn % 5), zombies: 0, spawned: turn * 50, exited: turn * 50 },
      ...{ failed: turn, known: turn * 50, missed: 0, lost: 0, loops: 0, alerts: 0 },
      top: Array.from({ length: pulseComms }, (_, index) => ({
        comm: `${comms[index % comms.length]}${index}`,
        ...{ spawned: turn * 3, exited: turn * 3, failed: index === 0 ? turn : 0 },
      })),
    };
    return `${encode(header)}\n${encode(pulse)}\n`;
  }

  #event(atNs: bigint): ProbeEvent {
    const turn = this.#events++ >> 1;
    const isSpawn = this.#events % 2 === 1;
    const spawn = isSpawn ? turn : turn - lifetimeSpawns;
    const common = {
      guest_pid: firstPid + ((spawn + lastPid) % (lastPid - firstPid)),
      guest_comm: comms[(spawn + comms.length) % comms.length] as string,
      guest_monotonic_ns: atNs,
      start_ticks: spawn + lastPid,
      window_ns: 0n,
    };
    return isSpawn
      ? { probe_source: 'process.spawned', ...common, guest_ppid: 1, guest_uid: 0 }
      : { probe_source: 'process.exited', ...common, lifetime_ns: 25_000_000n, exit_code: 0 };
  }
}

import type { FleetLink, LinkListener } from '../../../src/domain/fleet/fleet-link.ts';
import type { LogEntry, SystemState } from '../../../src/domain/processes/system-state.ts';
import type { SourceInfo } from '../../../src/domain/source/event-source.ts';
import type { FleetClock } from '../../../src/fleet/core/fleet-clock.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { sourceInfo } from '../fixtures/events.ts';

/** A link whose calls a test makes. */
export class FakeLink implements FleetLink {
  readonly recorded: boolean;
  listener!: LinkListener;
  readonly paused = new Set<string>();

  constructor(recorded = false) {
    this.recorded = recorded;
  }

  start(listener: LinkListener): void {
    this.listener = listener;
  }

  async stop(): Promise<void> {}

  pause(id: string, paused: boolean): void {
    if (paused) this.paused.add(id);
    else this.paused.delete(id);
  }

  /** Adds guests that are live. */
  connect(...ids: string[]): void {
    for (const id of ids) {
      this.listener.onGuest(id);
      this.listener.onState(id, 'live');
    }
  }

  send(id: string, text: string): void {
    this.listener.onBytes(id, Buffer.from(text));
  }
}

/** A clock of a viewer that `advance` moves, in steps of at most 100 ms. It starts at noon, at 1,000 s. */
export const createFleetClock = () => {
  let elapsedNs = 0n;
  let pending: { dueNs: bigint; callback: () => void } | undefined;
  const clock: FleetClock = {
    nowNs: () => 1_000_000_000_000n + elapsedNs,
    wallNs: () => sourceInfo.wallOffsetNs + elapsedNs,
    schedule: (delayMs, callback) => {
      const timer = { dueNs: elapsedNs + BigInt(delayMs) * 1_000_000n, callback };
      pending = timer;
      return () => {
        if (pending === timer) pending = undefined;
      };
    },
  };
  const advance = (ms: number) => {
    const endNs = elapsedNs + BigInt(Math.round(ms * 1e6));
    for (let timer = pending; timer && timer.dueNs <= endNs; timer = pending) {
      elapsedNs = timer.dueNs;
      pending = undefined;
      timer.callback();
    }
    elapsedNs = endNs;
  };
  return { clock, advance };
};

/**
 * Composes the lines of a recorder. The wall clock of the guest is `skewSeconds` ahead of the viewer's; its monotonic clock
 * is 0 when the viewer's clock starts.
 */
export const composerOf = (
  host: string,
  {
    skewSeconds = 0,
    recorder = `${host}-1`,
    bootId = `boot-${host}`,
  }: { skewSeconds?: number; recorder?: string; bootId?: string | undefined } = {},
): TraceComposer => {
  const wallOffsetNs = sourceInfo.wallOffsetNs + BigInt(Math.round(skewSeconds * 1e9));
  const info: SourceInfo = { ...sourceInfo, host, bootId, wallOffsetNs };
  return new TraceComposer({ info, tool: 'churntop test', recorder, mode: 'kernel' });
};

/** A listener that keeps what it receives. */
export class FleetRecorder {
  readonly states: { state: SystemState; info: SourceInfo }[] = [];
  readonly pids: number[] = [];
  fleetCalls = 0;
  ended = false;
  readonly onBatch = ({ records }: { records: readonly object[] }) => {
    for (const record of records)
      if ('guest_pid' in record) this.pids.push((record as { guest_pid: number }).guest_pid);
  };
  /** The merged log, since the last time that no guest was focused. */
  get entries(): LogEntry[] {
    const merged = this.states.findLast(({ info }) => info.wallOffsetNs === 0n);
    return [...(merged?.state.log ?? [])];
  }

  readonly onSystemState = (state: SystemState, info: SourceInfo) => {
    this.states.push({ state, info });
  };
  readonly onFleet = () => {
    this.fleetCalls++;
  };
  readonly onEnd = () => {
    this.ended = true;
  };
  readonly onStatus = () => {};
  readonly onError = (error: Error) => {
    throw error;
  };
}

/** Returns an entry as `web1 5`: the guest and the PID, or the kind of the record. */
export const entryText = ({ record, from }: LogEntry): string =>
  `${from?.host} ${'guest_pid' in record ? record.guest_pid : record.probe_source}`;

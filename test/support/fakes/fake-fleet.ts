import type { AlertRecord, ChurnRecord } from '../../../src/domain/events/event.ts';
import type { FleetControl } from '../../../src/domain/fleet/fleet-control.ts';
import type { GuestDetails } from '../../../src/domain/fleet/guest-details.ts';
import type { GuestSummary } from '../../../src/domain/fleet/guest-summary.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { EventSource, SourceListener } from '../../../src/domain/source/event-source.ts';
import { alert, seconds, sourceInfo, spawned } from '../fixtures/events.ts';

/** Returns the row of a live guest. */
export const guestOf = (id: string, fields: Partial<GuestSummary> = {}): GuestSummary => ({
  id,
  state: 'live',
  reason: undefined,
  alive: 103,
  zombies: 0,
  spawnRate: 4.1,
  exitRate: 4,
  failureRate: 0,
  loops: 0,
  alerts: 0,
  missed: 3,
  lost: 0,
  skewNs: 1_000_000n,
  lagNs: seconds(0.3),
  heardNs: seconds(0.2),
  pulsesOnly: false,
  ...fields,
});

export const detailsOf = (host: string, fields: Partial<GuestDetails> = {}): GuestDetails => ({
  host,
  recorder: '1f2e3d4c',
  captureMode: 'kernel',
  nowNs: seconds(100),
  wallOffsetNs: sourceInfo.wallOffsetNs,
  comms: [
    { comm: 'nginx', spawned: 40, exited: 38, failed: 0, known: 38 },
    { comm: 'sh', spawned: 200, exited: 200, failed: 0, known: 200 },
  ],
  alerts: [],
  ...fields,
});

/** A source of several guests whose rows and log a test changes. */
export class FakeFleet implements EventSource {
  info = { ...sourceInfo, host: '50 guests', wallOffsetNs: 0n, trace: 'guests' };
  rows: GuestSummary[];
  readonly details: Map<string, GuestDetails>;
  readonly focuses: (string | undefined)[] = [];
  /** The state of the focused guest, by its name. Default: two processes. */
  readonly states = new Map<string, () => SystemState>();
  readonly merged = new SystemState();
  readonly fleet: FleetControl;
  #focused: string | undefined;
  #listener: SourceListener | undefined;

  constructor(rows: readonly GuestSummary[], details: Readonly<Record<string, GuestDetails>> = {}) {
    this.rows = [...rows];
    this.details = new Map(rows.map(({ id }) => [id, details[id] ?? detailsOf(id)]));
    const fleet = this;
    this.fleet = {
      guests: () => fleet.rows,
      details: (id) => fleet.details.get(id),
      get focused() {
        return fleet.#focused;
      },
      focus: (id) => fleet.#focus(id),
    };
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    listener.onSystemState?.(this.merged, this.info);
  }

  async stop(): Promise<void> {
    this.#listener = undefined;
  }

  listener(): SourceListener {
    if (!this.#listener) throw new Error('not started');
    return this.#listener;
  }

  /** Changes the row of a guest. */
  update(id: string, fields: Partial<GuestSummary>): void {
    this.rows = this.rows.map((row) => (row.id === id ? { ...row, ...fields } : row));
    this.#listener?.onFleet?.();
  }

  /** Adds records of a guest to the merged log. */
  log(host: string, ...records: ChurnRecord[]): void {
    const from = { host, wallOffsetNs: sourceInfo.wallOffsetNs };
    const system = new SystemState();
    system.apply({ nowNs: 0n, records });
    for (const entry of system.log) this.merged.log.push({ ...entry, from });
    this.#listener?.onFleet?.();
  }

  #focus(id: string | undefined): void {
    this.#focused = id;
    this.focuses.push(id);
    const state = id === undefined ? this.merged : (this.states.get(id) ?? twoProcesses)();
    const info = id === undefined ? this.info : { ...sourceInfo, host: `${id}.example`, trace: id };
    this.#listener?.onSystemState?.(state, info);
  }
}

const twoProcesses = (): SystemState => {
  const state = new SystemState();
  const records = [
    spawned(1, 'systemd', 100, { guest_ppid: 0, start_ticks: 10, initial: true }),
    spawned(400, 'nginx', 100, { start_ticks: 4_200, initial: true }),
  ];
  state.apply({ nowNs: seconds(100), records });
  return state;
};

const zombieAlert: AlertRecord = alert('zombies(parent)>=10 for 10s', 60, { key: 'app[412]', value: '56' });

/** Returns a fleet with guests in all states: one with failures, an alert and a skewed clock, and one with counters only. */
export const mixedFleet = (): FakeFleet =>
  new FakeFleet(
    [
      guestOf('web1'),
      guestOf('web2', { alive: 98, spawnRate: 12.4, exitRate: 12.4, failureRate: 1.2, loops: 1 }),
      guestOf('web10', { alive: 1_204, zombies: 56, alerts: 1, lagNs: seconds(0.6) }),
      guestOf('db1', { skewNs: seconds(1.3), missed: undefined, lagNs: seconds(2.4) }),
      guestOf('db2', {
        state: 'reconnecting',
        reason: 'connection reset by peer, again in 4 s',
        alive: 88,
        zombies: 2,
        spawnRate: undefined,
        exitRate: undefined,
        failureRate: undefined,
        lagNs: seconds(14),
        heardNs: seconds(14),
      }),
      guestOf('cache1', {
        state: 'failed',
        reason: 'ssh: connect to host cache1 port 22: Connection refused',
        alive: undefined,
        zombies: undefined,
        spawnRate: undefined,
        exitRate: undefined,
        failureRate: undefined,
        loops: undefined,
        alerts: undefined,
        missed: undefined,
        skewNs: undefined,
        lagNs: undefined,
        heardNs: undefined,
      }),
      guestOf('edge1', { pulsesOnly: true, alerts: 2, lost: 120, lagNs: seconds(3), heardNs: seconds(3) }),
      guestOf('batch1', {
        state: 'silent',
        reason: 'no records for 21s',
        lagNs: seconds(21),
        heardNs: seconds(21),
      }),
      guestOf('old1', { state: 'ended', heardNs: undefined, lagNs: undefined, skewNs: undefined }),
    ],
    {
      web2: detailsOf('web2', {
        comms: [
          {
            comm: 'api-server',
            spawned: 900,
            exited: 900,
            failed: 890,
            known: 900,
            lastFailure: { status: { exit_code: 78 }, wallNs: sourceInfo.wallOffsetNs + seconds(99.2) },
          },
          { comm: 'sh', spawned: 200, exited: 200, failed: 0, known: 200 },
        ],
      }),
      web10: detailsOf('web10', { alerts: [zombieAlert] }),
      cache1: detailsOf('cache1', { recorder: undefined, captureMode: undefined, comms: [] }),
      edge1: detailsOf('edge1', {
        comms: [{ comm: 'curl', spawned: 20_400, exited: 20_398, failed: 12 }],
      }),
    },
  );

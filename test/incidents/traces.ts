import type { ProbeEvent } from '../../src/domain/events/event.ts';
import { TraceComposer } from '../../src/trace/format/composer.ts';
import { execed, exited, seconds, sourceInfo, spawned } from '../support/fixtures/events.ts';

/** A process that starts others: a service or a scheduler. */
type Spawner = { pid: number; comm: string; cgroup: string };
/** A command that a spawner starts. Times in seconds. */
type Run = { by: Spawner; at: number; lifetime: number; args: readonly string[]; exitCode?: number };

const cron: Spawner = { pid: 500, comm: 'cron', cgroup: '/system.slice/cron.service' };
const scheduler: Spawner = { pid: 600, comm: 'scheduler', cgroup: '/system.slice/scheduler.service' };
const service: Spawner = { pid: 700, comm: 'thumbnails', cgroup: '/system.slice/thumbnails.service' };
const containerId = '4f5e6a7b8c9d'.padEnd(64, '0');
const container: Spawner = {
  pid: 800,
  comm: 'entrypoint',
  cgroup: `/system.slice/docker-${containerId}.scope`,
};

const recordsOf = ({ by, at, lifetime, args, exitCode = 0 }: Run, index: number): ProbeEvent[] => {
  const pid = 1000 + index;
  const comm = args[0] as string;
  const start_ticks = Math.floor(at * 100);
  return [
    spawned(pid, by.comm, at, { start_ticks, guest_ppid: by.pid, cgroup: by.cgroup }),
    execed(pid, comm, at + 0.001, { start_ticks, args: [...args] }),
    exited(pid, comm, at + lifetime, { start_ticks, lifetime_ns: seconds(lifetime), exit_code: exitCode }),
  ];
};

/** Returns a trace of commands. It ends after `duration` seconds. */
const traceOf = (runs: readonly Run[], duration: number): string => {
  const composer = new TraceComposer({ info: sourceInfo, tool: 'churntop test' });
  const found = { initial: true as const, start_ticks: 1 };
  const records = [
    spawned(1, 'systemd', 0, { ...found, guest_ppid: 0 }),
    ...[...new Set(runs.map(({ by }) => by))].map(({ pid, comm, cgroup }) =>
      spawned(pid, comm, 0, { ...found, cgroup }),
    ),
    ...runs.flatMap(recordsOf).toSorted((a, b) => Number(a.guest_monotonic_ns - b.guest_monotonic_ns)),
  ];
  return composer.begin(0n) + composer.compose(records, 0n) + composer.end(seconds(duration));
};

const times = (count: number, runOf: (index: number) => Run): Run[] =>
  Array.from({ length: count }, (_, index) => runOf(index));

/** Every 5 s a check; after a quarter of an hour, 15 failing jobs a second for 10 seconds; five minutes later the end. */
export const burstTrace = (): string =>
  traceOf(
    [
      ...times(240, (index) => ({ by: cron, at: 1 + index * 5, lifetime: 0.05, args: ['df', '-P', '/'] })),
      ...times(150, (index) => ({
        by: cron,
        at: 900 + index / 15,
        lifetime: 0.12,
        args: ['sync-tenant', '--tenant', `globex-${index}`],
        exitCode: 3,
      })),
    ],
    1200,
  );

/** A job of 20 ms every minute, for an hour. */
export const rareJobTrace = (): string =>
  traceOf(
    times(60, (index) => ({
      by: scheduler,
      at: 10 + index * 60,
      lifetime: 0.02,
      args: ['renew-lease', '0.02'],
    })),
    3600,
  );

/** What the script `two-cgroups.sh` stages, for half a minute. */
export const twoCgroupsTrace = (): string =>
  traceOf(
    [
      ...times(240, (index) => ({
        by: service,
        at: 1 + index / 8,
        lifetime: 0.101,
        args: ['resize', '0.1'],
      })),
      ...times(30, (index) => ({
        by: container,
        at: 1 + index,
        lifetime: 0.1,
        args: ['health-check', '0.1'],
      })),
    ],
    31,
  );

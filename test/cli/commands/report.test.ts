import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type RunReportOptions, reportFiles, reportLive } from '../../../src/cli/commands/report.ts';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { widthOf } from '../../../src/ui/text/cells.ts';
import { scriptedSource } from '../../support/fakes/scripted-source.ts';
import { exited, seconds, spawned, walkStatus, zombie } from '../../support/fixtures/events.ts';
import { observeRuns, supervisedRuns } from '../../support/fixtures/restart-traces.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

const never = new AbortController().signal;

const collect = () => {
  const out = new PassThrough();
  let text = '';
  out.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  return { out, text: () => text };
};

const defaultOptions = {
  filter: matchAll,
  userNames: () => String,
  groupBy: undefined,
  json: false,
  top: undefined,
  columns: 80,
};

const report = async (trace: string, options: Partial<RunReportOptions> = {}): Promise<string> => {
  const { out, text } = collect();
  const stdin = Readable.from([Buffer.from(trace)]);
  await reportFiles(['-'], { ...defaultOptions, out, ...options, stdin, signal: never });
  return text();
};

const hostile = '\u001b]0;x\u0007\n\u202e';

/** A trace with a crash loop, zombies, a fork storm, a hostile name, gaps, invalid lines and a torn line. */
const troubledTrace = (): string => {
  const records: TraceRecord[] = [
    {
      probe_source: 'trace.header',
      format: 1,
      tool: 'churntop test',
      host: 'web-1',
      boot_id: 'b',
      pid_ns: 'pid:[1]',
      epistemic_status: 'DECLARED',
      capture_mode: 'cursor',
      clock: { monotonic_ns: 0n, realtime: '2026-01-01T12:00:00.000000000Z' },
    },
    spawned(1, 'systemd', 0, { initial: true, guest_ppid: 0 }),
    spawned(40, 'bash', 0, { initial: true, guest_ppid: 1, guest_uid: 1000 }),
    spawned(41, 'make', 0, { initial: true, guest_ppid: 40, guest_uid: 1000 }),
    spawned(50, 'shim', 0, { initial: true, guest_ppid: 1 }),
  ];
  const events: TraceRecord[] = [];
  for (let index = 0; index < 9; index++) {
    const pid = 100 + index;
    events.push(spawned(pid, 'flaky', 1 + index * 2, { guest_ppid: 1, window_ns: 0n }));
    events.push(exited(pid, 'flaky', 1.4 + index * 2, { window_ns: 0n, lifetime_ns: seconds(0.4) }));
  }
  for (let index = 0; index < 240; index++) {
    const pid = 1000 + index;
    const at = 2 + index / 20;
    const name = index % 3 ? 'cc1' : '国国国国国';
    const lifetime = 0.002 * 1.03 ** index;
    events.push(spawned(pid, name, at, { guest_ppid: 41, guest_uid: 1000 }));
    events.push(exited(pid, name, at + lifetime, { lifetime_ns: seconds(lifetime) }));
  }
  for (const pid of [500, 501, 502]) {
    events.push(spawned(pid, hostile, 3, { guest_ppid: 50 }));
    events.push(zombie(pid, hostile, 4, { guest_ppid: 50 }));
  }
  events.push({
    probe_source: 'trace.gap',
    reason: 'unseen',
    tasks: 5,
    from_monotonic_ns: seconds(5),
    to_monotonic_ns: seconds(6),
  });
  events.push({
    probe_source: 'trace.gap',
    reason: 'stalled',
    from_monotonic_ns: seconds(7),
    to_monotonic_ns: seconds(9),
  });
  const timeOf = (record: TraceRecord) =>
    'guest_monotonic_ns' in record ? record.guest_monotonic_ns : seconds(9);
  records.push(...events.toSorted((a, b) => Number(timeOf(a) - timeOf(b))));
  const lines = records.map((record, seq) => encode(record, seq));
  lines.splice(20, 0, 'garbage \u001b[2J', '{"probe_source":"process.exited"}');
  return `${lines.join('\n')}\n{"probe_source":"proc`;
};

test('the report of a trace with only a header covers no time', async () => {
  const [header = ''] = troubledTrace().split('\n');
  expect(await report(`${header}\n`)).toContain('web-1: 0.0ms watched, 1 record\n');
  expect(JSON.parse(await report(`${header}\n`, { json: true }))).not.toHaveProperty('until');
});

describe('report', () => {
  test.each([80, 130])('prints tables by comm and parent at %d columns', async (columns) => {
    await expect(await report(troubledTrace(), { columns })).toMatchFileSnapshot(
      `golden/report-${columns}.txt`,
    );
  });

  test.each(['comm', 'parent', 'user'] as const)('prints one table when grouped by %s', async (groupBy) => {
    await expect(await report(troubledTrace(), { groupBy })).toMatchFileSnapshot(
      `golden/report-by-${groupBy}.txt`,
    );
  });

  test('prints how often, since when, how fast, with which status and where a program is restarted', async () => {
    const runs = supervisedRuns(47, {
      delay: (index) => 1.8 - (1.3 * index) / 46,
      life: () => 0.2,
      exitCode: 78,
    });
    const records = [
      spawned(1, 'init', 0, { initial: true, guest_ppid: 0 }),
      spawned(700, 'supervisor', 0, { initial: true, guest_ppid: 1 }),
      ...observeRuns(runs, { ppid: 700 }),
      ...observeRuns(supervisedRuns(30, { delay: () => 2, life: () => 0.01 }), {
        comm: 'check',
        firstPid: 800,
      }),
    ].toSorted((a, b) => Number(a.guest_monotonic_ns - b.guest_monotonic_ns));
    const text = await report(records.map((record, seq) => `${encode(record, seq)}\n`).join(''));
    expect(text).toContain(`RESTART LOOPS
  api-server  47 times in 1m02s, every 0.7s (was 2.0s), exit 78, ongoing
    under supervisor[700] < init[1]
  check  30 times in 58s, every 2.0s, no failure seen, ongoing
    under init[1]
`);
  });

  test('[fault:two-hosts] prints the host of each restart loop', async () => {
    const traceOf = (host: string) => {
      const header = {
        probe_source: 'trace.header' as const,
        format: 1 as const,
        tool: 'churntop test',
        host,
        boot_id: host,
        pid_ns: 'pid:[1]',
        epistemic_status: 'DECLARED' as const,
        recorder: host,
        clock: { monotonic_ns: 0n, realtime: '2026-01-01T12:00:00.000000000Z' },
      };
      const records = [
        header,
        spawned(1, 'init', 0, { initial: true, guest_ppid: 0 }),
        ...observeRuns(supervisedRuns(20, { delay: () => 2, life: () => 0.2, exitCode: 1 })),
        { probe_source: 'trace.end' as const, monotonic_ns: seconds(60) },
      ];
      return records.map((record, seq) => `${encode(record, seq)}\n`).join('');
    };
    const trace = traceOf('web-1') + traceOf('web-2');
    const text = await report(trace);
    expect(text).toMatch(
      /RESTART LOOPS\n.*\n {4}under init\[1\] on web-[12]\n.*\n {4}under init\[1\] on web-[12]\n/,
    );
    expect(text).toContain('under init[1] on web-1\n');
    expect(text).toContain('under init[1] on web-2\n');
    const { restart_loops } = JSON.parse(await report(trace, { json: true })) as {
      restart_loops: { host?: string }[];
    };
    expect(restart_loops.map(({ host }) => host).toSorted()).toEqual(['web-1', 'web-2']);
    expect(await report(traceOf('web-1'))).toContain('under init[1]\n');
  });

  test('prints how many exits failed, by group, in text and JSON', async () => {
    const exits = [{ exit_code: 0 }, { exit_code: 7 }, { exit_code: 7 }, { exit_signal: 11 }, {}].flatMap(
      (status, index) => [
        spawned(900 + index, 'curl', index, { guest_ppid: 1 }),
        exited(900 + index, 'curl', index + 0.5, { start_ticks: index * 100, ...status }),
      ],
    );
    const records = [spawned(1, 'init', 0, { initial: true, guest_ppid: 0 }), ...exits];
    const trace = records.map((record, seq) => `${encode(record, seq)}\n`).join('');
    const text = await report(trace);
    expect(text).toContain('exit status: failed 3 of 4 known: exit 7 ×2, SIGSEGV ×1\n');
    expect(text).toContain('FAILED EXITS BY COMM\n  curl  failed 3 of 4 known: exit 7 ×2, SIGSEGV ×1\n');
    expect(text).toContain('FAILED EXITS BY PARENT\n  init[1]  failed 3 of 4 known');
    const exit_status = {
      known: 4,
      failed: 3,
      failures: [
        { exit_code: 7, exits: 2 },
        { exit_signal: 11, exits: 1 },
      ],
    };
    const json = JSON.parse(await report(trace, { json: true }));
    expect(json.total).toMatchObject({ exit_status });
    expect(json.by.comm.failing).toEqual([{ key: 'curl', exit_status }]);
  });

  test('prints no line that is wider than the terminal, and no control characters', async () => {
    for (const columns of [80, 81, 104, 200]) {
      const text = await report(troubledTrace(), { columns });
      expect(text.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
      for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  test('prints all data without control characters with --json', async () => {
    const text = await report(troubledTrace(), { json: true });
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    const parsed = JSON.parse(text);
    expect(parsed).toMatchObject({
      report: 1,
      epistemic_status: 'DECLARED',
      hosts: ['web-1'],
      skipped: { count: 2, first: [{ file: '-', line: 21, why: 'not JSON' }, { line: 22 }] },
      coverage: {
        capture_mode: 'cursor',
        spawns_seen: 252,
        unseen: 5,
        losses: { stalled: { gaps: 1, ns: 2e9 } },
      },
      total: { spawns: 252, zombies: 3 },
      restart_loops: [
        {
          comm: 'flaky',
          kind: 'steady',
          count: 9,
          since_monotonic_ns: 1e9,
          duration_ns: 16.4e9,
          period_ns: 2e9,
          crash_loop: true,
        },
      ],
      zombies: [
        {
          lineage: [
            { pid: 50, comm: 'shim' },
            { pid: 1, comm: 'systemd' },
          ],
          zombies: 3,
        },
      ],
    });
    expect(Object.keys(parsed.by)).toEqual(['comm', 'parent', 'user']);
    expect(parsed.by.comm.rows.map(({ key }: { key: string }) => key)).toContain(hostile);
  });

  describe.each(['cgroup', 'container', 'unit'] as const)('by %s', (groupBy) => {
    const id = '0123456789ab'.padEnd(64, 'c');
    const trace = [
      spawned(10, 'cron', 1, { guest_ppid: 1, cgroup: '/system.slice/cron.service' }),
      spawned(11, 'sh', 1, { guest_ppid: 10 }),
      spawned(12, 'app', 1, { guest_ppid: 1, cgroup: `/system.slice/docker-${id}.scope` }),
      exited(11, 'sh', 2, { lifetime_ns: seconds(1), exit_code: 1 }),
    ];
    const textOf = (records: readonly TraceRecord[]) => records.map((each) => `${encode(each)}\n`).join('');

    test('prints a table with shortened IDs', async () => {
      const text = await report(textOf(trace), { groupBy, columns: 200 });
      const [cron, docker] = {
        cgroup: ['/system.slice/cron.service', '/system.slice/docker-0123456789ab.scope'],
        container: ['(no container)', 'docker:0123456789ab'],
        unit: ['cron.service', 'docker-0123456789ab.scope'],
      }[groupBy] as [string, string];
      const rows = text.split('\n').flatMap((line) => /^(\S.*?) +(\d+) +\d/.exec(line)?.slice(1) ?? []);
      expect(rows.slice(-4)).toEqual([cron, '2', docker, '1']);
      expect(text).toMatch(new RegExp(`FAILED EXITS BY ${groupBy.toUpperCase()}`));
    });

    test('keeps the end of a path in a terminal of 80 columns', async () => {
      const text = await report(textOf(trace), { groupBy: 'cgroup' });
      expect(text).toMatch(/^…\/cron\.service +2 /m);
    });

    test('has the whole keys with --json', async () => {
      const { by } = JSON.parse(await report(textOf(trace), { json: true }));
      const keys = by[groupBy].rows.map(({ key }: { key: string }) => key);
      expect(keys).toEqual(
        {
          cgroup: ['/system.slice/cron.service', `/system.slice/docker-${id}.scope`],
          container: ['(no container)', 'docker:0123456789ab'],
          unit: ['cron.service', `docker-${id}.scope`],
        }[groupBy],
      );
    });

    test('names the missing flag when no record has a cgroup', async () => {
      const text = await report(textOf([spawned(10, 'cron', 1, { guest_ppid: 1 })]), { groupBy });
      expect(text).toContain('no record has a cgroup (record with --record-cgroups)');
    });
  });

  test('counts only matching records when there is a filter', async () => {
    const filter = parseFilter('flaky');
    const text = await report(troubledTrace(), { json: true, filter: filter.ok ? filter : matchAll });
    expect(JSON.parse(text)).toMatchObject({
      filter: 'flaky',
      total: { spawns: 9 },
      coverage: { spawns_seen: 252 },
    });
  });

  test('prints how many rows are not shown with --top', async () => {
    const text = await report([...syntheticTrace(syntheticEvents(300))].join(''), {
      top: 2,
      groupBy: 'comm',
    });
    expect(text).toMatch(/and \d+ more\n/);
  });

  test('throws when there is no record', async () => {
    await expect(report('')).rejects.toThrow('no trace record');
    await expect(report('hello\n')).rejects.toThrow('no trace record');
  });

  test('throws an error with the name of a file that cannot be read', async () => {
    const options = {
      ...defaultOptions,
      json: false,
      out: collect().out,
      stdin: new Readable(),
      signal: never,
    };
    await expect(reportFiles(['/nowhere/x'], options)).rejects.toThrow(
      '/nowhere/x: no such file or directory (ENOENT)',
    );
    await expect(reportFiles(['/proc', '/proc/self'], options)).rejects.toThrow(
      '/proc: is a directory (EISDIR)',
    );
    await expect(reportFiles(['-', '-'], options)).rejects.toThrow('-: given more than once');
  });

  test('reports the records read so far when standard input is interrupted', async () => {
    const { out, text } = collect();
    const stdin = new PassThrough();
    const interruption = new AbortController();
    const { signal } = interruption;
    const options = { ...defaultOptions, json: true, out };
    const done = reportFiles(['-'], { ...options, stdin, signal });
    stdin.write(`${encode(spawned(1, 'a', 1))}\n`);
    await new Promise((resolve) => setImmediate(resolve));
    interruption.abort();
    await done;
    expect(JSON.parse(text())).toMatchObject({ records: 1 });
  });
});

describe('report --for', () => {
  test('reports and stops the source when interrupted', async () => {
    const { out, text } = collect();
    const source = scriptedSource();
    const interruption = new AbortController();
    const { signal } = interruption;
    const options = { ...defaultOptions, json: true, out };
    const done = reportLive(source, { ...options, signal });
    source.listener().onBatch({ nowNs: seconds(1), records: [spawned(5, 'ls', 1)] });
    source.listener().onStatus(walkStatus);
    source.listener().onBatch({ nowNs: seconds(3), records: [exited(5, 'ls', 2)] });
    interruption.abort();
    await done;
    expect(source.stops).toBe(1);
    expect(JSON.parse(text())).toMatchObject({
      hosts: ['guest'],
      until: '2026-01-01T12:00:03.000000000Z',
      span_ns: 2e9,
      coverage: { capture_mode: 'walk' },
      total: { spawns: 1, exits: 1 },
    });
  });

  test('[fault:report-for] counts the time from the first batch to the end, also when nothing happens', async () => {
    const { out, text } = collect();
    const source = scriptedSource();
    const done = reportLive(source, {
      ...defaultOptions,
      json: true,
      out,
      forNs: 20_000_000n,
      signal: never,
    });
    source.listener().onBatch({ nowNs: seconds(1), records: [spawned(5, 'ls', 1, { initial: true })] });
    await done;
    expect(JSON.parse(text()).span_ns).toBeGreaterThan(0);
  });

  test('ends after the time, and throws an error of the source', async () => {
    const { out, text } = collect();
    const options = { ...defaultOptions, json: false, out };
    await reportLive(scriptedSource(), { ...options, signal: AbortSignal.timeout(1) });
    expect(text()).toContain('0 spawned');
    const source = scriptedSource();
    const failing = reportLive(source, { ...options, signal: never });
    source.listener().onError(new Error('no more'));
    await expect(failing).rejects.toThrow('no more');
  });
});

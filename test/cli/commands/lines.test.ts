import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';

import { describe, expect, test } from 'vitest';
import { runLines } from '../../../src/cli/commands/lines.ts';
import type { CompiledFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { scriptedSource } from '../../support/fakes/scripted-source.ts';
import {
  cursorStatus,
  execed,
  exited,
  gap,
  kernelStatus,
  seconds,
  spawned,
} from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const start = (filter: CompiledFilter = matchAll, ascii = true) => {
  const source = scriptedSource();
  const out = new PassThrough({ encoding: 'utf8' });
  const interruption = new AbortController();
  const theme = createTheme({ color: false, ascii, plain: true });
  const done = runLines({
    source,
    out: out as unknown as WriteStream,
    filter,
    userName: String,
    theme,
    bell: false,
    signal: interruption.signal,
  });
  let text = '';
  out.on('data', (chunk) => {
    text += chunk;
  });
  const play = (at: number, ...records: Parameters<typeof spawned>[] | unknown[]) =>
    source.listener().onBatch({ nowNs: seconds(at), records: records as never });
  const finish = async () => {
    interruption.abort();
    await done;
    return text.trimEnd().split('\n');
  };
  return { source, play, finish, text: () => text };
};

test('runLines prints each event once, and merges an exec into its spawn', async () => {
  const { source, play, finish } = start();
  play(1, spawned(1, 'init', 1, { initial: true }), spawned(500, 'cron', 1, { initial: true }));
  source.listener().onStatus(cursorStatus);
  play(2, spawned(600, 'sh', 1.99, { guest_ppid: 500 }));
  play(2.01, execed(600, 'backup', 2.005, { start_ticks: 199, previous_comm: 'sh' }));
  play(2.2, exited(600, 'backup', 2.15, { start_ticks: 199, lifetime_ns: seconds(0.16) }));
  play(2.3, gap('unseen', { tasks: 4, from_monotonic_ns: seconds(2), to_monotonic_ns: seconds(2.3) }));
  expect(await finish()).toEqual([
    `12:00:01.990 +     600 ${'backup'.padEnd(55)} by cron 500`,
    `12:00:02.150 -     600 ${'backup'.padEnd(55)} by cron                   160ms exit ?`,
    '12:00:02.300 ! 4 short-lived tasks missed',
    expect.stringMatching(
      /^12:00:02\.300 = spawn .*alive 2, zombies 0, cursor mode, missed at most 4, coverage 99\.6%$/,
    ),
  ]);
});

test('runLines prints that kernel events have missed nothing', async () => {
  const { source, play, finish } = start();
  source.listener().onStatus(kernelStatus);
  play(1, spawned(1, 'init', 1, { initial: true }));
  expect((await finish()).at(-1)).toContain('kernel events, missed 0, coverage');
});

test('runLines prints a summary every ten seconds, and only matching events', async () => {
  const { source, play, finish } = start(filterOf('want'));
  source.listener().onStatus(cursorStatus);
  for (let at = 1; at <= 12; at++) play(at, spawned(at, at % 2 ? 'want' : 'else', at));
  const lines = await finish();
  expect(lines.filter((line) => line.includes(' = spawn '))).toHaveLength(3);
  expect(lines.filter((line) => line.includes('want'))).toHaveLength(6);
  expect(lines.join('\n')).not.toContain('else');
});

describe('runLines and commands that were not read in time', () => {
  const forked = spawned(600, 'sh', 2, { guest_ppid: 500, start_ticks: 200 });
  const ran = execed(600, 'sleep', 2.005, { start_ticks: 200, previous_comm: 'sh' });
  const slept = exited(600, 'sleep', 2.5, { start_ticks: 200, lifetime_ns: seconds(0.5) });
  const startReading = (read: () => Promise<readonly string[] | undefined>) => {
    const run = start();
    const pids: number[] = [];
    run.source.readDetails = async ({ pid }) => {
      pids.push(pid);
      return { args: await read(), argsTruncated: false, cgroup: undefined };
    };
    return { ...run, pids };
  };
  const commands = (lines: readonly string[]) =>
    lines
      .filter((line) => / [-+] +600 /.test(line))
      .map((line) => line.replace(/^\S+ +([-+]) +600 +/, '$1 '));

  test('reads them before it prints the line', async () => {
    const { play, finish, pids } = startReading(async () => ['sleep', '600']);
    play(2.01, forked, ran);
    await setImmediate();
    play(2.2);
    play(2.7, slept);
    expect(commands(await finish())).toEqual([
      expect.stringMatching(/^\+ sleep 600 +by/),
      expect.stringMatching(/^- sleep 600 +500ms/),
    ]);
    expect(pids).toEqual([600]);
  });

  test('reads those of records that arrive late', async () => {
    const { play, finish } = startReading(async () => ['sleep', '600']);
    play(3, forked, ran);
    await setImmediate();
    play(3.1);
    expect(commands(await finish())).toEqual([expect.stringMatching(/^\+ sleep 600 +by/)]);
  });

  test('prints the comm of a process whose read returns nothing', async () => {
    const { play, text, finish, pids } = startReading(async () => undefined);
    play(2.01, forked, ran);
    await setImmediate();
    play(2.2);
    await setImmediate();
    expect(commands(text().split('\n'))).toEqual([expect.stringMatching(/^\+ sleep +by/)]);
    await finish();
    expect(pids).toEqual([600]);
  });

  test('prints the comm at the end when a read does not return', async () => {
    const { play, text, finish } = startReading(() => new Promise(() => {}));
    play(2.01, forked, ran);
    play(2.2, exited(500, 'cron', 2.1));
    expect(text()).not.toContain(' 600 ');
    expect(commands(await finish())).toEqual([expect.stringMatching(/^\+ sleep +by/)]);
  });
});

test('runLines prints safe names, in ASCII when the theme is ASCII', async () => {
  const { play, finish } = start();
  play(1, spawned(7, '\x1b]0;x\x07漢', 1));
  const text = (await finish()).join('\n');
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
});

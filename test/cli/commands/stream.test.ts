import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { runStream } from '../../../src/cli/commands/stream.ts';
import type { EventSource } from '../../../src/domain/source/event-source.ts';
import { seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const streamOf = async (recorded: { args: boolean; cgroup: boolean }): Promise<string> => {
  const records = [
    spawned(5, 'sh', 1, { args: ['sh', '-c', 'backup --password secret'], cgroup: '/user.slice' }),
    spawned(6, 'sh', 1, { args: ['sh', '-c', 'other'], cgroup: '/user.slice' }),
  ];
  const source: EventSource = {
    info: { ...sourceInfo, cgroups: true },
    start(listener) {
      listener.onBatch({ nowNs: seconds(2), records });
      listener.onEnd?.();
    },
    stop: async () => {},
  };
  let text = '';
  const out = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const filter = filterOf('cmd~backup');
  const { signal } = new AbortController();
  await runStream({ source, out, filter, userName: String, strict: false, initial: false, recorded, signal });
  return text;
};

test('a stream filters by arguments and does not write them without the flag', async () => {
  const text = await streamOf({ args: false, cgroup: false });
  expect(text).toContain('"guest_pid":5');
  expect(text).not.toContain('"guest_pid":6');
  expect(text).not.toMatch(/secret|user\.slice|"cgroups"/);
});

test('a stream writes arguments and cgroups with the flags', async () => {
  expect(await streamOf({ args: true, cgroup: true })).toMatch(/"cgroups":true.*secret.*user\.slice/s);
});

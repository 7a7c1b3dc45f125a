import { gzipSync } from 'node:zlib';
import meow from 'meow';
import { expect, test } from 'vitest';
import farEndArguments from '../../../scripts/build/far-end-arguments.ts';
import { bundleStream } from '../../../scripts/build/stream-program-plugin.ts';

test('the program for guests takes at most 88 KB to send', async () => {
  const { text } = await bundleStream('src/cli/entry.ts');
  expect(gzipSync(text, { level: 9 }).length).toBeLessThan(88_000);
});

test('the program for guests reads arguments as meow does', () => {
  const flags = {
    ndjson: { type: 'boolean' },
    recordArgs: { type: 'boolean' },
    alerts: { type: 'boolean' },
    tether: { type: 'string' },
    cpuLimitBusy: { type: 'string' },
    alert: { type: 'string', isMultiple: true },
  } as const;
  const argv = ['--ndjson', '--record-args', '--tether=20s', '--cpu-limit-busy=9%'];
  for (const more of [[], ['--alert=a=1 b'], ['--no-alerts', '--alert=alive>1', '--alert=x']]) {
    const options = { argv: [...argv, ...more], flags };
    const known = meow({ ...options, importMeta: import.meta, booleanDefault: undefined, pkg: {} });
    const given = Object.entries(known.flags).filter(([, value]) => value !== undefined && `${value}` !== '');
    expect(farEndArguments(options)).toEqual({ input: [], flags: Object.fromEntries(given) });
  }
});

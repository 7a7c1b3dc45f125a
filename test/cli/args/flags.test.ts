import { expect, test } from 'vitest';
import type { Flag } from '../../../src/cli/args/flag-type.ts';
import { flags } from '../../../src/cli/args/flags.ts';

const table = Object.entries<Flag>(flags);

test('each flag has its name as the key, and no name or short occurs twice', () => {
  for (const [key, { name, negated }] of table)
    expect(
      (negated ? name.replace(/^no-/, '') : name).replaceAll(/-([a-z])/g, (_, letter) =>
        letter.toUpperCase(),
      ),
    ).toBe(key);
  const shorts = table.flatMap(([, { short }]) => short ?? []);
  expect(shorts).toEqual([...new Set(shorts)]);
  for (const short of shorts) expect(short).toMatch(/^[A-Za-z]$/);
});

test('each flag has a parser if it has a value', () => {
  for (const [name, flag] of table) expect(flag.parse !== undefined, name).toBe(flag.value !== undefined);
});

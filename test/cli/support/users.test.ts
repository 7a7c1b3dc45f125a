import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { guestResolver, openUserNames, parsePasswd, userNamesFor } from '../../../src/cli/support/users.ts';
import type { HeaderRecord } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const header: HeaderRecord = {
  probe_source: 'trace.header',
  format: 1,
  tool: 'churntop test',
  host: 'web-3',
  boot_id: 'b0',
  pid_ns: 'pid:[4026531836]',
  epistemic_status: 'DECLARED',
  clock: { monotonic_ns: 1n, realtime: '2026-11-22T21:02:25.000000000Z' },
};

const folder = createTempDir();
afterAll(() => folder.remove());

test.each<[string, [number, string][]]>([
  ['', []],
  ['root:x:0:0:root:/root:/bin/sh\n', [[0, 'root']]],
  [
    'root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/false',
    [
      [0, 'root'],
      [33, 'www-data'],
    ],
  ],
  // The first name of a number is its name, as for getpwuid(3).
  ['root:x:0:0:::\ntoor:x:0:0:::\n', [[0, 'root']]],
  ['nobody:x:4294967294:65534:::\n', [[4294967294, 'nobody']]],
  // Entries that name nobody: NIS, comments, torn lines, numbers that are none.
  [
    '+::::::\n+@admins::::::\n# a comment\n\nroot\nroot:x\nroot:x:\n:x:5:5:::\nme:x:abc:0:::\nme:x: :0:::\nme:x:-1:0:::\nme:x:0x5:0:::\n',
    [],
  ],
])('%j', (text, names) => {
  expect([...parsePasswd(text)]).toEqual(names);
});

test('users without a name are numbers', () => {
  const path = join(folder.path, 'passwd');
  writeFileSync(path, 'root:x:0:0:::\n');
  const userName = openUserNames(path);
  expect([userName(0), userName(1000)]).toEqual(['root', '1000']);
});

test('so are all where there is no passwd file', () => {
  expect(openUserNames(join(folder.path, 'none'))(0)).toBe('0');
});

describe('names of this machine stand for', () => {
  const here = { host: 'web-3', bootId: 'b0' };
  const users = userNamesFor(
    () => here,
    () => 'www-data',
  );
  const filterOf = (text: string) => {
    const filter = parseFilter(text);
    return filter.ok ? filter : matchAll;
  };

  test.each([
    ['what is live, whatever it tells of itself', { host: 'x', bootId: 'unknown' }, true],
    ['its traces of this boot', { ...here, trace: 't' }, true],
    ['no trace of another machine', { ...here, host: 'web-4', trace: 't' }, false],
    ['no trace of another boot', { ...here, bootId: 'b1', trace: 't' }, false],
  ])('%s', (_, whose, named) => {
    expect(users(whose)?.(33)).toBe(named ? 'www-data' : undefined);
  });

  test('no trace, where no boot can be told from another', () => {
    const whose = { host: 'web-3', bootId: 'unknown' };
    expect(userNamesFor(() => whose, String)({ ...whose, trace: 't' })).toBeUndefined();
  });

  const recorded = { file: 't.ndjson', header: { ...header, host: 'web-\x1b4', boot_id: 'b1' } };

  test.each(['user=www-data', '!user=root', 'nginx or user~www', 'user=~^w', 'user=33,root'])(
    'so %s is refused for others',
    (text) => {
      expect(() => guestResolver(filterOf(text), users)(recorded)).toThrow(
        /^t\.ndjson: recorded on web-[^\x1b]*4, by another machine or before the last boot: its users are known by number/,
      );
      expect(
        guestResolver(
          filterOf(text),
          users,
        )({ ...recorded, header: { ...header, host: 'web-3', boot_id: 'b0' } }).userName(1),
      ).toBe('www-data');
    },
  );

  test('control groups can be asked for where they were recorded only', () => {
    const guestsOf = guestResolver(filterOf('!cgroup~docker'), users);
    expect(() => guestsOf(recorded)).toThrow(
      't.ndjson: recorded without --cgroups: no filter can ask for docker',
    );
    expect(() => guestsOf({ ...recorded, header: { ...header, cgroups: true } })).not.toThrow();
  });

  test.each(['user=33', 'user!=0,33', 'user~3', 'user=~^1\\d+$', 'nginx', ''])('and %j is not', (text) => {
    expect(guestResolver(filterOf(text), users)(recorded).userName(33)).toBe('33');
  });
});

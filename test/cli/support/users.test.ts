import { execFileSync } from 'node:child_process';
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
  // The first name of a UID counts, as in getpwuid(3).
  ['root:x:0:0:::\ntoor:x:0:0:::\n', [[0, 'root']]],
  ['nobody:x:4294967294:65534:::\n', [[4294967294, 'nobody']]],
  // Entries without a user: NIS, comments, torn lines, invalid numbers.
  [
    '+::::::\n+@admins::::::\n# a comment\n\nroot\nroot:x\nroot:x:\n:x:5:5:::\nme:x:abc:0:::\nme:x: :0:::\nme:x:-1:0:::\nme:x:0x5:0:::\n',
    [],
  ],
])('parsePasswd parses %j', (text, names) => {
  expect([...parsePasswd(text)]).toEqual(names);
});

test('openUserNames returns the number of a user without a name', () => {
  const path = join(folder.path, 'passwd');
  writeFileSync(path, 'root:x:0:0:::\n');
  const userName = openUserNames(path);
  expect([userName(0), userName(1000)]).toEqual(['root', '1000']);
});

test('openUserNames returns numbers when there is no passwd file', () => {
  expect(openUserNames(join(folder.path, 'none'))(0)).toBe('0');
});

test('[fault:fifo-over-file] openUserNames returns numbers at once when passwd is a FIFO', () => {
  const path = join(folder.path, 'fifo');
  execFileSync('mkfifo', [path]);
  expect(openUserNames(path)(0)).toBe('0');
});

describe('userNamesFor', () => {
  const localGuest = { host: 'web-3', bootId: 'b0' };
  const userNames = userNamesFor(
    () => localGuest,
    () => 'www-data',
  );
  const filterOf = (text: string) => {
    const filter = parseFilter(text);
    return filter.ok ? filter : matchAll;
  };

  test.each([
    ['names live data of any host', { host: 'x', bootId: 'unknown' }, true],
    ['names traces of this guest and boot', { ...localGuest, trace: 't' }, true],
    ['does not name a trace of another machine', { ...localGuest, host: 'web-4', trace: 't' }, false],
    ['does not name a trace of another boot', { ...localGuest, bootId: 'b1', trace: 't' }, false],
  ])('%s', (_, guest, named) => {
    expect(userNames(guest)?.(33)).toBe(named ? 'www-data' : undefined);
  });

  test('does not name a trace when the boot ID is unknown', () => {
    const guest = { host: 'web-3', bootId: 'unknown' };
    expect(userNamesFor(() => guest, String)({ ...guest, trace: 't' })).toBeUndefined();
  });

  const recorded = { file: 't.ndjson', header: { ...header, host: 'web-\x1b4', boot_id: 'b1' } };

  test.each(['user=www-data', '!user=root', 'nginx or user~www', 'user=~^w', 'user=33,root'])(
    'guestResolver throws for the filter %s on a trace of another guest',
    (text) => {
      expect(() => guestResolver(filterOf(text), userNames)(recorded)).toThrow(
        /^t\.ndjson: recorded on web-[^\x1b]*4, on another machine or before the last boot, cannot filter by user name "/,
      );
      expect(
        guestResolver(
          filterOf(text),
          userNames,
        )({ ...recorded, header: { ...header, host: 'web-3', boot_id: 'b0' } }).userName(1),
      ).toBe('www-data');
    },
  );

  test('guestResolver throws for a filter by cgroup when the trace has no cgroups', () => {
    const guestOf = guestResolver(filterOf('!cgroup~docker'), userNames);
    expect(() => guestOf(recorded)).toThrow(
      't.ndjson: recorded without --record-cgroups, cannot filter by cgroup "docker"',
    );
    expect(() => guestOf({ ...recorded, header: { ...header, cgroups: true } })).not.toThrow();
    for (const field of ['unit', 'container'])
      expect(() => guestResolver(filterOf(`${field}=web`), userNames)(recorded)).toThrow(
        `t.ndjson: recorded without --record-cgroups, cannot filter by ${field} "web"`,
      );
  });

  test.each(['user=33', 'user!=0,33', 'user~3', 'user=~^1\\d+$', 'nginx', ''])(
    'guestResolver accepts the filter %j on a trace of another guest',
    (text) => {
      expect(guestResolver(filterOf(text), userNames)(recorded).userName(33)).toBe('33');
    },
  );
});

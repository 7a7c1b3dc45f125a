import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openUsers, parsePasswd } from '../../src/cli/users.ts';
import { scratch } from '../support/churn.ts';

const folder = scratch();
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
  const userName = openUsers(path);
  expect([userName(0), userName(1000)]).toEqual(['root', '1000']);
});

test('so are all where there is no passwd file', () => {
  expect(openUsers(join(folder.path, 'none'))(0)).toBe('0');
});

import { expect, test } from 'vitest';
import { PidfdInfo } from '../../src/native/pidfd-info.ts';
import { FakePidfds } from '../support/fakes/fake-pidfds.ts';

test.each([
  ['6.12', false],
  ['6.15', false],
  ['6.16', true],
] as const)('Linux %s keeps correct exit statuses: %s', (version, expected) => {
  const pidfds = new FakePidfds();
  pidfds.version = version;
  pidfds.spawn(50);
  expect(new PidfdInfo(pidfds).isSupported(50)).toBe(expected);
  expect(pidfds.open).toEqual([]);
});

test('a process has a status once it is reaped', () => {
  const pidfds = new FakePidfds();
  pidfds.spawn(50);
  const info = new PidfdInfo(pidfds);
  const fd = pidfds.pidfdOpen(50);
  expect(info.waitStatus(fd)).toBe(undefined);
  pidfds.exit(50, 0x700);
  expect(info.waitStatus(fd)).toBe(0x700);
});

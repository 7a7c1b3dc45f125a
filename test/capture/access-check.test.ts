import { expect, test } from 'vitest';
import { checkUsage } from '../../src/capture/access-check.ts';
import { openProcReader } from '../../src/proc/reader.ts';
import { FakeKernel } from '../support/fakes/fake-kernel.ts';

const ownUid = 1000;

/** Creates a guest with a process of root, and one of this user. */
const start = ({ rootPages = 0, ownPages = 0 }) => {
  const kernel = new FakeKernel();
  const own = kernel.fork(1, 'own', { execed: true });
  kernel.setUid(1, 0);
  kernel.setUid(own, ownUid);
  kernel.use(1, 10, rootPages);
  kernel.use(own, 10, ownPages);
  return { kernel, own, check: () => checkUsage(openProcReader(kernel.root, kernel.files), ownUid) };
};

test('checkUsage reads a process of this user and one of another user', () => {
  expect(start({ rootPages: 8, ownPages: 8 }).check()).toEqual({ ownUsage: true, otherUsage: true });
});

test('checkUsage finds no usage when the kernel reports no memory', () => {
  expect(start({ ownPages: 8 }).check()).toEqual({ ownUsage: true, otherUsage: false });
  expect(start({}).check()).toEqual({ ownUsage: false, otherUsage: false });
});

test('checkUsage finds no usage of other users when their processes are hidden', () => {
  const { kernel, check } = start({ rootPages: 8, ownPages: 8 });
  kernel.fail('1/stat', 'EACCES');
  expect(check()).toEqual({ ownUsage: true, otherUsage: false });
});

test('checkUsage tries no process of another user when none is listed', () => {
  const { kernel, check } = start({ rootPages: 8, ownPages: 8 });
  kernel.unlisted.add(1);
  expect(check()).toEqual({ ownUsage: true, otherUsage: undefined });
});

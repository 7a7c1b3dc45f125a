import { expect, test } from 'vitest';
import { parentOfOwnChildren } from '../../../src/capture/samplers/proc-sampler.ts';

test.each([
  ['has the PID that the proc root shows', { threadSelf: { pid: 50, tid: 51 }, ownPid: 50 }, 50],
  ['has that PID also in another namespace', { threadSelf: { pid: 4000, tid: 4001 }, ownPid: 7 }, 4000],
  ['is none where the proc root does not show it', { threadSelf: undefined, ownPid: 7 }, undefined],
  ['is none where it adopts orphans', { threadSelf: { pid: 4000, tid: 4001 }, ownPid: 1 }, undefined],
])('the parent whose children are not reported %s [fault:own-children-namespace]', (_, evidence, pid) => {
  expect(parentOfOwnChildren(evidence)).toBe(pid);
});

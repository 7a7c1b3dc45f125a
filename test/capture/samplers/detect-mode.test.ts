import { describe, expect, test } from 'vitest';
import {
  cursorNow,
  type Evidence,
  gatherEvidence,
  judge,
} from '../../../src/capture/samplers/detect-mode.ts';
import { openProc } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fake-kernel.ts';

const good: Evidence = { before: 100, now: 103, self: { pid: 50, tid: 102 }, ownPid: 50, ownShown: true };

describe('judge', () => {
  test('a cursor that passed our own thread is trusted', () => {
    expect(judge(good).mode).toBe('cursor');
    expect(judge({ ...good, before: 32_760, now: 310, self: { pid: 50, tid: 305 } }).mode).toBe('cursor');
  });

  test.each<[string, Partial<Evidence>, RegExp]>([
    ['subset=pid: no loadavg', { before: undefined, now: undefined }, /no loadavg/],
    ['gVisor: zeros', { before: 0, now: 0 }, /no last PID/],
    ['LXCFS: a load average that stands still', { now: 100 }, /stands still/],
    ['emulated elsewhere: our thread is not where the cursor went', { before: 900, now: 903 }, /not where/],
    ['the mount of another PID namespace', { self: { pid: 4000, tid: 4002 } }, /another PID namespace/],
    ['a namespace below ours: we are not in it', { self: undefined }, /does not show/],
    ['our own process is not there', { ownShown: false }, /does not show/],
  ])('%s: walk', (_, change, why) => {
    expect(judge({ ...good, ...change })).toEqual({ mode: 'walk', why: expect.stringMatching(why) });
  });
});

describe('the evidence', () => {
  test('is read from the proc root', () => {
    const kernel = new FakeKernel();
    const proc = openProc(kernel.root, kernel.files);
    const own = kernel.fork(1, 'churntop', { execed: true });
    const before = cursorNow(proc);
    const tid = kernel.thread(own);
    kernel.links.set('thread-self', `${own}/task/${tid}`);
    const evidence = gatherEvidence(proc, before, own);
    expect(evidence).toEqual({ before: own, now: tid, self: { pid: own, tid }, ownPid: own, ownShown: true });
    expect(judge(evidence).mode).toBe('cursor');
    expect(kernel.open).toBe(0);
  });

  test('a root without loadavg or thread-self gives none, not an error', () => {
    const kernel = new FakeKernel();
    kernel.fail('loadavg', 'ENOENT');
    const proc = openProc(kernel.root, kernel.files);
    expect(gatherEvidence(proc, cursorNow(proc), 99)).toEqual({
      before: undefined,
      now: undefined,
      self: undefined,
      ownPid: 99,
      ownShown: false,
    });
  });
});

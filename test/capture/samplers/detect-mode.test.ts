import { describe, expect, test } from 'vitest';
import {
  collectEvidence,
  detectMode,
  type ModeEvidence,
  readCursorPid,
} from '../../../src/capture/samplers/detect-mode.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';

const good: ModeEvidence = {
  cursorBefore: 100,
  cursorNow: 103,
  threadSelf: { pid: 50, tid: 102 },
  ownPid: 50,
  ownPidListed: true,
};

describe('judge', () => {
  test('a cursor that passed our own thread is trusted', () => {
    expect(detectMode(good).mode).toBe('cursor');
    expect(
      detectMode({ ...good, cursorBefore: 32_760, cursorNow: 310, threadSelf: { pid: 50, tid: 305 } }).mode,
    ).toBe('cursor');
  });

  test.each<[string, Partial<ModeEvidence>, RegExp]>([
    ['subset=pid: no loadavg', { cursorBefore: undefined, cursorNow: undefined }, /no loadavg/],
    ['gVisor: zeros', { cursorBefore: 0, cursorNow: 0 }, /no last PID/],
    ['LXCFS: a load average that stands still', { cursorNow: 100 }, /stands still/],
    [
      'emulated elsewhere: our thread is not where the cursor went',
      { cursorBefore: 900, cursorNow: 903 },
      /not where/,
    ],
    ['the mount of another PID namespace', { threadSelf: { pid: 4000, tid: 4002 } }, /another PID namespace/],
    ['a namespace below ours: we are not in it', { threadSelf: undefined }, /does not show/],
    ['our own process is not there', { ownPidListed: false }, /does not show/],
  ])('%s: walk [fault:proc-emulated]', (_, change, why) => {
    expect(detectMode({ ...good, ...change })).toEqual({ mode: 'walk', why: expect.stringMatching(why) });
  });
});

describe('the evidence', () => {
  test('is read from the proc root', () => {
    const kernel = new FakeKernel();
    const proc = openProcReader(kernel.root, kernel.files);
    const own = kernel.fork(1, 'churntop', { execed: true });
    const before = readCursorPid(proc);
    const tid = kernel.thread(own);
    kernel.links.set('thread-self', `${own}/task/${tid}`);
    const evidence = collectEvidence(proc, before, own);
    expect(evidence).toEqual({ before: own, now: tid, self: { pid: own, tid }, ownPid: own, ownShown: true });
    expect(detectMode(evidence).mode).toBe('cursor');
    expect(kernel.open).toBe(0);
  });

  test('a root without loadavg or thread-self gives none, not an error', () => {
    const kernel = new FakeKernel();
    kernel.fail('loadavg', 'ENOENT');
    const proc = openProcReader(kernel.root, kernel.files);
    expect(collectEvidence(proc, readCursorPid(proc), 99)).toEqual({
      before: undefined,
      now: undefined,
      self: undefined,
      ownPid: 99,
      ownShown: false,
    });
  });
});

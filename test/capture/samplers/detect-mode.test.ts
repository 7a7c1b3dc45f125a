import { describe, expect, test } from 'vitest';
import {
  collectEvidence,
  detectMode,
  type ModeEvidence,
  readPidCounter,
} from '../../../src/capture/samplers/detect-mode.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';

const good: ModeEvidence = {
  counterBefore: 100,
  counterNow: 103,
  threadSelf: { pid: 50, tid: 102 },
  ownPid: 50,
  ownPidListed: true,
};

describe('detectMode', () => {
  test('cursor mode is selected when the PID counter has passed the new thread', () => {
    expect(detectMode(good).mode).toBe('cursor');
    expect(
      detectMode({ ...good, counterBefore: 32_760, counterNow: 310, threadSelf: { pid: 50, tid: 305 } }).mode,
    ).toBe('cursor');
  });

  test.each<[string, Partial<ModeEvidence>, RegExp]>([
    ['subset=pid: no loadavg', { counterBefore: undefined, counterNow: undefined }, /no loadavg/],
    ['gVisor: zeros', { counterBefore: 0, counterNow: 0 }, /last PID in loadavg is 0/],
    ['LXCFS: its own load average', { counterNow: 100 }, /did not change/],
    ['an emulated loadavg: PIDs do not match', { counterBefore: 900, counterNow: 903 }, /does not match/],
    ['the /proc of another PID namespace', { threadSelf: { pid: 4000, tid: 4002 } }, /another PID namespace/],
    ['the /proc of a child namespace: no thread-self', { threadSelf: undefined }, /does not show/],
    ['own PID not listed', { ownPidListed: false }, /does not show/],
  ])('walk mode is selected with %s [fault:proc-emulated]', (_, change, modeReason) => {
    expect(detectMode({ ...good, ...change })).toEqual({
      mode: 'walk',
      modeReason: expect.stringMatching(modeReason),
    });
  });
});

describe('collectEvidence', () => {
  test('the evidence is read from the proc root', () => {
    const kernel = new FakeKernel();
    const proc = openProcReader(kernel.root, kernel.files);
    const own = kernel.fork(1, 'churntop', { execed: true });
    const counterBefore = readPidCounter(proc);
    const tid = kernel.thread(own);
    kernel.links.set('thread-self', `${own}/task/${tid}`);
    const evidence = collectEvidence(proc, counterBefore, own);
    expect(evidence).toEqual({
      counterBefore: own,
      counterNow: tid,
      threadSelf: { pid: own, tid },
      ownPid: own,
      ownPidListed: true,
    });
    expect(detectMode(evidence).mode).toBe('cursor');
    expect(kernel.open).toBe(0);
  });

  test('the evidence is undefined when there is no loadavg or thread-self', () => {
    const kernel = new FakeKernel();
    kernel.fail('loadavg', 'ENOENT');
    const proc = openProcReader(kernel.root, kernel.files);
    expect(collectEvidence(proc, readPidCounter(proc), 99)).toEqual({
      counterBefore: undefined,
      counterNow: undefined,
      threadSelf: undefined,
      ownPid: 99,
      ownPidListed: false,
    });
  });
});

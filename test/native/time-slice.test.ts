import { describe, expect, test } from 'vitest';
import { loadLibc } from '../../src/native/load-libc.ts';
import { requestShortSlice, type SchedulerLibc } from '../../src/native/time-slice.ts';

const policyOffset = 4;
const niceOffset = 16;
const runtimeOffset = 24;
const roundRobin = 2;

/** A scheduler with the attributes of one thread. */
const fakeScheduler = ({ policy = 0, nice = 5, getResult = 0, setResult = 0 } = {}) => {
  const written: { nice: number; runtimeNs: bigint; size: number }[] = [];
  const libc: SchedulerLibc = {
    schedGetattr: (attributes) => {
      const view = new DataView(attributes.buffer);
      view.setUint32(policyOffset, policy, true);
      view.setInt32(niceOffset, nice, true);
      return getResult;
    },
    schedSetattr: (attributes) => {
      const view = new DataView(attributes.buffer);
      written.push({
        size: view.getUint32(0, true),
        nice: view.getInt32(niceOffset, true),
        runtimeNs: view.getBigUint64(runtimeOffset, true),
      });
      return setResult;
    },
  };
  return { libc, written };
};

describe('a short time slice', () => {
  test('is requested with the other attributes as they are', () => {
    const { libc, written } = fakeScheduler();
    expect(requestShortSlice(libc)).toBe(true);
    expect(written).toEqual([{ size: 56, nice: 5, runtimeNs: 100_000n }]);
  });

  test('is not requested for a thread with a real-time policy', () => {
    const { libc, written } = fakeScheduler({ policy: roundRobin });
    expect(requestShortSlice(libc)).toBe(false);
    expect(written).toEqual([]);
  });

  test('is not set when the kernel refuses', () => {
    expect(requestShortSlice(fakeScheduler({ getResult: -38 }).libc)).toBe(false);
    expect(requestShortSlice(fakeScheduler({ setResult: -1 }).libc)).toBe(false);
  });

  test('is set by the real kernel', () => {
    expect(requestShortSlice(loadLibc())).toBe(true);
  });
});

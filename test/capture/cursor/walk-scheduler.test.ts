import { describe, expect, test } from 'vitest';
import { WalkScheduler } from '../../../src/capture/cursor/walk-scheduler.ts';

const startedScheduler = () => {
  const scheduler = new WalkScheduler();
  scheduler.start(0);
  return scheduler;
};

describe('audits', () => {
  test('an audit is due one second after a change, and after five seconds without one', () => {
    const scheduler = startedScheduler();
    expect([1000, 4999, 5000].map((ms) => scheduler.isAuditDue(ms))).toEqual([false, false, true]);
    scheduler.recordChange();
    expect([999, 1000].map((ms) => scheduler.isAuditDue(ms))).toEqual([false, true]);
  });

  test('an audit that failed is due again after one second', () => {
    const scheduler = startedScheduler();
    scheduler.recordChange();
    scheduler.recordWalk(1000, 1001, true);
    expect([1999, 2000].map((ms) => scheduler.isAuditDue(ms))).toEqual([false, true]);
    scheduler.clearRequests();
    expect(scheduler.isAuditDue(2000)).toBe(false);
  });

  test('an expensive audit is followed by the next after a hundred times its duration', () => {
    const scheduler = startedScheduler();
    scheduler.recordChange();
    scheduler.recordWalk(1000, 1040, true);
    expect([5039, 5040].map((ms) => scheduler.isAuditDue(ms))).toEqual([false, true]);
  });
});

describe('requested walks', () => {
  test('a requested walk is due at once, then spaced by the duration of the last one', () => {
    const scheduler = startedScheduler();
    expect(scheduler.isDue(10)).toBe(false);
    scheduler.requestWalk();
    expect(scheduler.isDue(10)).toBe(true);
    scheduler.recordWalk(10, 12, false);
    scheduler.clearRequests();
    scheduler.requestWalk();
    expect([211, 212].map((ms) => scheduler.isDue(ms))).toEqual([false, true]);
  });

  test('a walk that succeeded clears the requests', () => {
    const scheduler = startedScheduler();
    scheduler.requestWalk();
    scheduler.recordWalk(10, 10, false);
    scheduler.clearRequests();
    expect(scheduler.isDue(20)).toBe(false);
  });
});

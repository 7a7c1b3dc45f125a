import { describe, expect, test } from 'vitest';
import { createWalkScheduler } from '../../../src/capture/cursor/walk-scheduler.ts';

const planned = () => {
  const plan = createWalkScheduler();
  plan.start(0);
  return plan;
};

describe('audits', () => {
  test('a second after something moved, five while nothing does', () => {
    const plan = planned();
    expect([1000, 4999, 5000].map(plan.isAuditDue)).toEqual([false, false, true]);
    plan.moved();
    expect([999, 1000].map(plan.isAuditDue)).toEqual([false, true]);
  });

  test('one that failed is due again, as soon as after a move', () => {
    const plan = planned();
    plan.moved();
    plan.recordWalk(1000, 1001, true);
    expect([1999, 2000].map(plan.isAuditDue)).toEqual([false, true]);
    plan.clearRequests();
    expect(plan.isAuditDue(2000)).toBe(false);
  });

  test('a dear one is not followed by another sooner than a hundred times its cost', () => {
    const plan = planned();
    plan.moved();
    plan.recordWalk(1000, 1040, true);
    expect([5039, 5040].map(plan.isAuditDue)).toEqual([false, true]);
  });
});

describe('walks in between', () => {
  test('come at once where they are wanted, then spaced by what they cost', () => {
    const plan = planned();
    expect(plan.isDue(10)).toBe(false);
    plan.requestWalk();
    expect(plan.isDue(10)).toBe(true);
    plan.recordWalk(10, 12, false);
    plan.clearRequests();
    plan.requestWalk();
    expect([211, 212].map(plan.isDue)).toEqual([false, true]);
  });

  test('are no longer wanted once one came to its end', () => {
    const plan = planned();
    plan.requestWalk();
    plan.recordWalk(10, 10, false);
    plan.clearRequests();
    expect(plan.isDue(20)).toBe(false);
  });
});

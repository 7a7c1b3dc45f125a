import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceTracker } from '../../../src/capture/connector/sequence-tracker.ts';

const missingAfter = (...messages: readonly (readonly [cpu: number, sequence: number])[]) => {
  const tracker = new SequenceTracker();
  for (const [cpu, sequence] of messages) tracker.record(cpu, sequence);
  return tracker.missing();
};

test('the tracker counts nothing when a CPU starts with any number', () => {
  expect(missingAfter([0, 500], [1, 7], [0, 501], [1, 8])).toBe(0);
});

test('the tracker counts the holes of each CPU', () => {
  expect(missingAfter([0, 5], [1, 90], [0, 8], [1, 91], [1, 93])).toBe(3);
});

test('the tracker counts across the wrap at 2^32', () => {
  expect(missingAfter([0, 2 ** 32 - 2], [0, 2 ** 32 - 1], [0, 0], [0, 1])).toBe(0);
  expect(missingAfter([0, 2 ** 32 - 2], [0, 1])).toBe(2);
});

test('the tracker does not count a message that arrives late', () => {
  expect(missingAfter([0, 5], [0, 7], [0, 6])).toBe(0);
  expect(missingAfter([0, 5], [0, 4], [0, 2])).toBe(1);
});

test('the tracker counts exactly after more than 2^32 messages', () => {
  const tracker = new SequenceTracker();
  let sequence = 0;
  const step = 2 ** 30;
  for (let turn = 0; turn < 12; turn++) {
    tracker.record(0, sequence);
    sequence = (sequence + step) >>> 0;
  }
  expect(tracker.missing()).toBe(11 * (step - 1));
  tracker.record(0, sequence - step + 1);
  expect(tracker.missing()).toBe(11 * (step - 1));
});

/** Messages of some CPUs in the order of the kernel: which CPU sent each, and whether it is lost. */
const history = fc.record({
  first: fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 4 }),
  messages: fc.array(fc.record({ cpu: fc.nat(3), isLost: fc.boolean() }), { maxLength: 400 }),
});

test('the tracker counts exactly the losses between received messages, for any interleaving of CPUs', () => {
  fc.assert(
    fc.property(history, fc.boolean(), ({ first, messages }, isReversed) => {
      const next = [...first];
      const sent = messages.map(({ cpu: any, isLost }) => {
        const cpu = any % first.length;
        const sequence = next[cpu] as number;
        next[cpu] = (sequence + 1) >>> 0;
        return { cpu, sequence, isLost };
      });
      const expected = first.reduce((sum, _, cpu) => {
        const ofCpu = sent.filter((message) => message.cpu === cpu);
        const from = ofCpu.findIndex(({ isLost }) => !isLost);
        const to = ofCpu.findLastIndex(({ isLost }) => !isLost);
        return sum + (from < 0 ? 0 : ofCpu.slice(from, to + 1).filter(({ isLost }) => isLost).length);
      }, 0);
      const received = sent.filter(({ isLost }) => !isLost);
      const ordered = isReversed ? received.toReversed() : received;
      expect(missingAfter(...ordered.map(({ cpu, sequence }) => [cpu, sequence] as const))).toBe(expected);
    }),
  );
});

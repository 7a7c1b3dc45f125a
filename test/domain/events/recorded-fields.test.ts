import { expect, test } from 'vitest';
import { recordedPart } from '../../../src/domain/events/recorded-fields.ts';
import { exited, gap, spawned } from '../../support/fixtures/events.ts';

const read = {
  args: ['sh', '-c', 'secret'],
  args_cut: true as const,
  cgroup: '/user.slice',
  unread: ['comm', 'args'],
};

test('recordedPart removes what must not be written', () => {
  const record = spawned(7, 'sh', 1, read);
  expect(recordedPart(record, { args: false, cgroup: false })).toEqual(
    spawned(7, 'sh', 1, { unread: ['comm'] }),
  );
  const { cgroup, ...args } = read;
  expect(recordedPart(record, { args: true, cgroup: false })).toEqual(spawned(7, 'sh', 1, args));
  expect(recordedPart(record, { args: false, cgroup: true })).toEqual(
    spawned(7, 'sh', 1, { cgroup, unread: ['comm'] }),
  );
  expect(recordedPart(record, { args: true, cgroup: true })).toBe(record);
});

test('recordedPart keeps records without such fields', () => {
  for (const record of [exited(7, 'sh', 1, {}), gap('unseen'), spawned(7, 'sh', 1)])
    expect(recordedPart(record, { args: false, cgroup: false })).toEqual(record);
});

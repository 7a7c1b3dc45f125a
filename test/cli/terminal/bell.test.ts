import { expect, test } from 'vitest';
import { AlertBell } from '../../../src/cli/terminal/bell.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { alert, seconds } from '../../support/fixtures/events.ts';

const setUp = () => {
  const rung: string[] = [];
  return { rung, bell: new AlertBell((text) => rung.push(text)) };
};

test('AlertBell rings once when alerts are raised together, and not when they continue or clear', () => {
  const { rung, bell } = setUp();
  const state = new SystemState();
  bell.update(state);
  state.apply({
    nowNs: seconds(1),
    records: [alert('alive(comm)>5', 1, { key: 'cron' }), alert('alive(comm)>5', 1, { key: 'make' })],
  });
  bell.update(state);
  bell.update(state);
  state.apply({ nowNs: seconds(2), records: [alert('alive(comm)>5', 2, { key: 'cron', ended: true })] });
  bell.update(state);
  expect(rung).toEqual(['\x07']);
  state.apply({
    nowNs: seconds(3),
    records: [alert('alive(comm)>5', 3, { key: 'cron', since_monotonic_ns: seconds(3) })],
  });
  bell.update(state);
  expect(rung).toEqual(['\x07', '\x07']);
});

test('AlertBell does not ring again when the view is paused', () => {
  const { rung, bell } = setUp();
  const state = new SystemState();
  state.apply({ nowNs: seconds(1), records: [alert('alive(comm)>5', 1, { key: 'cron' })] });
  state.apply({
    nowNs: seconds(2),
    records: [
      alert('alive(comm)>5', 2, { key: 'cron', ended: true }),
      alert('alive(comm)>5', 2, { key: 'sh' }),
    ],
  });
  bell.update(state);
  const paused = state.clone();
  bell.update(paused);
  bell.update(state);
  expect(rung).toEqual(['\x07']);
});

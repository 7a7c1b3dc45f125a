import { expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { lastingZombies, logLine } from '../../../src/ui/components/log-line.ts';
import { createTheme, type Theme } from '../../../src/ui/theme/theme.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

/** Marks the texts of each style as `role(text)`. */
const roles: Theme = { ...createTheme({ color: false }), paint: (role, text) => `${role}(${text})` };

const lineOf = (record: ProbeEvent, state?: SystemState): string =>
  logLine(
    { record, parentComm: 'cron', origin: undefined, mergedIntoSpawn: false },
    {
      clock: { wallOffsetNs: 0n },
      width: 80,
      theme: roles,
      ...(state && { isLasting: lastingZombies(state) }),
    },
  );

test.each([
  [{ exit_code: 0 }, 'exit(-)'],
  [{}, 'exit(-)'],
  [{ exit_code: 3 }, 'failure(×)'],
  [{ exit_signal: 11 }, 'failure(×)'],
])('an exit with the status %j has the mark %s', (status, mark) => {
  expect(lineOf(exited(7, 'sh', 1, { lifetime_ns: 1n, ...status }))).toContain(mark);
});

test('only the status of a failed exit is highlighted in its details', () => {
  expect(lineOf(exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_signal: 11 }))).toMatch(
    /dim\(by cron +500ms\) failure\(SEGV {4}\)$/,
  );
});

test('a zombie is highlighted once it was not reaped within a second', () => {
  const state = new SystemState();
  const record = zombie(7, 'sh', 2, { guest_ppid: 5 });
  state.apply({ nowNs: seconds(2.9), records: [spawned(7, 'sh', 1), record] });
  expect(lineOf(record, state)).toContain('value(z ');
  state.apply({ nowNs: seconds(3), records: [] });
  expect(lineOf(record, state)).toContain('zombie(z)');
  state.apply({ nowNs: seconds(3.1), records: [exited(7, 'sh', 3.1)] });
  expect(lineOf(record, state)).toContain('value(z ');
});

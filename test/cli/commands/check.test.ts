import { expect, test } from 'vitest';
import type { GuestCheck } from '../../../src/capture/guest-check.ts';
import { checkText } from '../../../src/cli/commands/check.ts';
import { sourceInfo } from '../../support/fixtures/events.ts';

const check: GuestCheck = {
  info: sourceInfo,
  mode: 'cursor',
  modeReason: 'the PID cursor moves as it should',
  intervalNs: 312_000n,
  shortestLifetimeNs: 420_000n,
  cpuUsage: 0.112,
  sampleCostNs: 1_700n,
  walkCostNs: 44_000n,
  processes: 1_204,
  hiddenProcesses: 0,
  ownProcessesOnly: false,
  pidMax: 4_194_304,
  lastError: undefined,
};

test('every finding on a line of its own', () => {
  expect(checkText(check)).toMatchInlineSnapshot(`
    "host                guest
    mode                cursor: the PID cursor moves as it should
    rate reachable      a look every 0.3ms, 11.2 % of a core
    shortest life seen  0.4ms, in 99 of 100 cases at that rate
    unseen              counted
    hidden              nothing
    processes           1,204
    pid_max             4,194,304
    cost of a look      1.7µs
    cost of a walk      44.0µs"
  `);
});

test('what is hidden, unknown or wrong is said', () => {
  const text = checkText({
    ...check,
    mode: 'walk',
    modeReason: 'loadavg is \x1b[2Jconstant',
    ownProcessesOnly: true,
    pidMax: undefined,
    lastError: 'cannot list (/proc)',
  });
  expect(text).toContain('walk: loadavg is ␛[2Jconstant');
  expect(text).toContain('unknown: only the PID cursor could tell');
  expect(text).toContain('not listed (hidepid)');
  expect(text).toContain('not told');
  expect(text).toMatch(/^trouble +cannot list \(\/proc\)$/m);
  expect(checkText({ ...check, hiddenProcesses: 3 })).toContain('3 listed processes cannot be read');
});

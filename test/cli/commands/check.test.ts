import { expect, test } from 'vitest';
import type { GuestCheck } from '../../../src/capture/guest-check.ts';
import { checkText } from '../../../src/cli/check/text.ts';
import { checkJson } from '../../../src/cli/commands/check.ts';
import { sourceInfo } from '../../support/fixtures/events.ts';

const check: GuestCheck = {
  info: sourceInfo,
  mode: 'cursor',
  modeReason: 'the PID counter moves as it should',
  kernelEvents: {
    release: '6.18.5',
    hasConnector: undefined,
    inFirstPidNamespace: true,
    inFirstUserNamespace: true,
    available: false,
    reason: 'process events exist only in the first network namespace',
  },
  pollingMode: 'cursor',
  pollingReason: 'the PID counter moves as it should',
  intervalNs: 312_000n,
  shortestLifetimeNs: 420_000n,
  cpuUsage: 0.112,
  sampleCostNs: 1_700n,
  walkCostNs: 44_000n,
  processes: 1_204,
  hiddenProcesses: 0,
  ownProcessesOnly: false,
  pidMax: 4_194_304,
  access: { exitStatus: 'seenAlive', otherArguments: true, cgroups: true, ownUsage: true, otherUsage: true },
  lastError: undefined,
};

test('checkText prints one finding per line', () => {
  expect(checkText(check)).toMatchInlineSnapshot(`
    "host                guest
    mode                cursor mode: the PID counter moves as it should
    kernel events       not available: process events exist only in the first network namespace

    What is known here
      spawns and exits  those that live for 0.4ms or more; shorter ones are counted
      parent and user   of every process
      exit status       of processes of any user that were seen alive
      arguments         of every process that still runs when they are read
      cgroup and unit   of every process that still runs when it is read
      CPU and memory    of every process that runs; of exited ones, CPU time as last read and by parent

    What is missing
      exact times, and processes of less than the shortest lifetime: no kernel events
      exit status of processes that were never seen alive: no kernel events
      arguments and cgroups of processes that exit before they are read

    Figures
      kernel              6.18.5, no process connector visible, first PID namespace, first user namespace
      sampling interval   0.3ms, with 11.2 % of one core
      shortest lifetime   0.4ms, observed in 99 of 100 cases at that interval
      missed tasks        counted
      hidden processes    none
      CPU and memory      of a process of this user: read; of another user: read
      processes           1,204
      PID namespace       pid:[4026531836]
      pid_max             4,194,304
      cost of a sample    1.7µs
      cost of a walk      44.0µs"
  `);
});

test('checkText reports hidden processes, unknown values and errors', () => {
  const text = checkText({
    ...check,
    mode: 'walk',
    pollingMode: 'walk',
    modeReason: 'loadavg is \x1b[2Jconstant',
    ownProcessesOnly: true,
    pidMax: undefined,
    lastError: 'cannot list (/proc)',
  });
  expect(text).toContain('walk mode: loadavg is ␛[2Jconstant');
  expect(text).toMatch(/^ +missed tasks +unknown \(not counted in walk mode\)$/m);
  expect(text).toContain('not listed (hidepid)');
  expect(checkText({ ...check, mode: 'kernel', ownProcessesOnly: true })).toContain(
    'the names of programs of other users cannot be read (hidepid)',
  );
  expect(text).toMatch(/^ +pid_max +unknown$/m);
  expect(text).toMatch(/^ +last error +cannot list \(\/proc\)$/m);
  expect(checkText({ ...check, hiddenProcesses: 3 })).toContain(
    '3 listed processes that this user cannot read',
  );
});

const kernelCheck: GuestCheck = {
  ...check,
  access: { exitStatus: 'all', otherArguments: true, cgroups: true, ownUsage: true, otherUsage: true },
  mode: 'kernel',
  modeReason: 'acknowledged by the kernel',
  kernelEvents: {
    release: '6.18.5',
    hasConnector: true,
    inFirstPidNamespace: true,
    inFirstUserNamespace: undefined,
    available: true,
    reason: 'acknowledged by the kernel',
  },
};

test('checkText reports kernel events, and the mode without them', () => {
  const text = checkText(kernelCheck);
  expect(text).toMatch(/^mode +kernel events: acknowledged by the kernel$/m);
  expect(text).not.toMatch(/^kernel events/m);
  expect(text).toMatch(/^ +kernel +6\.18\.5, process connector, first PID namespace$/m);
  expect(text).toMatch(/^ +polling +cursor: the PID counter moves as it should$/m);
});

test('checkText reports that kernel events were not checked', () => {
  expect(checkText({ ...check, kernelEvents: undefined })).toMatch(/^kernel events +not checked$/m);
});

test('checkJson has the same findings', () => {
  expect(checkJson(kernelCheck)).toMatchObject({
    check: 1,
    mode: 'kernel',
    kernel_events: { available: true, release: '6.18.5', connector: true, first_pid_namespace: true },
    polling: { mode: 'cursor', interval_ns: 312_000n, sample_ns: 1_700n },
    processes: 1_204,
    exit_status: 'all',
    other_arguments: true,
    cgroups: true,
    own_usage: true,
    other_usage: true,
  });
  expect(checkJson({ ...check, kernelEvents: undefined }).kernel_events).toBeUndefined();
});

test.each<[string, Partial<GuestCheck>, RegExp]>([
  ['little with kernel events', kernelCheck, /What is missing\n.* exit before they are read\n\n/],
  [
    'of other users without privileges',
    {
      access: {
        exitStatus: 'ownZombies',
        otherArguments: true,
        cgroups: true,
        ownUsage: true,
        otherUsage: true,
      },
    },
    /exit status of other users: only root may read it/,
  ],
  ['that is hidden', { ownProcessesOnly: true }, /processes of other users: \/proc is mounted with hidepid/],
  [
    'about cgroups',
    { access: { ...check.access, otherArguments: false, cgroups: false } },
    /arguments of other users[\s\S]*this kernel has no cgroups/,
  ],
  [
    'about the usage of other users',
    { access: { ...check.access, otherUsage: false } },
    /CPU and memory of other users: this user may not read them/,
  ],
  [
    'about any usage',
    { access: { ...check.access, ownUsage: false, otherUsage: undefined } },
    /CPU and memory: this kernel does not report them/,
  ],
])('checkText shows what is missing: %s', (_, findings, pattern) => {
  expect(checkText({ ...check, ...findings })).toMatch(pattern);
});

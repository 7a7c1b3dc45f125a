import { describe, expect, test } from 'vitest';
import {
  decodeWaitStatus,
  describeExitStatus,
  type ExitStatus,
  exitCellText,
  exitLogText,
  formatExitStatus,
  formatSignal,
  isFailure,
  isStatusKnown,
  parseSignal,
  pickExitStatus,
  shellStatusOf,
} from '../../../src/domain/events/exit-status.ts';

type Case = {
  status: number;
  decoded: ExitStatus;
  text: string;
  details: string;
  failed: boolean;
  shell: number;
};

describe('a status of waitpid', () => {
  test.each<Case>([
    { status: 0, decoded: { exit_code: 0 }, text: 'exit 0', details: '0 (success)', failed: false, shell: 0 },
    { status: 3 << 8, decoded: { exit_code: 3 }, text: 'exit 3', details: '3', failed: true, shell: 3 },
    {
      status: 9,
      decoded: { exit_signal: 9 },
      text: 'SIGKILL',
      details: 'SIGKILL (9)',
      failed: true,
      shell: 137,
    },
    {
      status: 11 | 0x80,
      decoded: { exit_signal: 11, core_dumped: true },
      text: 'SIGSEGV (core dumped)',
      details: 'SIGSEGV (11), core dumped',
      failed: true,
      shell: 139,
    },
    {
      status: 40,
      decoded: { exit_signal: 40 },
      text: 'signal 40',
      details: 'signal 40',
      failed: true,
      shell: 168,
    },
    {
      status: 137 << 8,
      decoded: { exit_code: 137 },
      text: 'exit 137',
      details: '137 (128 + SIGKILL)',
      failed: true,
      shell: 137,
    },
    {
      status: 200 << 8,
      decoded: { exit_code: 200 },
      text: 'exit 200',
      details: '200',
      failed: true,
      shell: 200,
    },
  ])('$status is decoded, and has a text', ({ status, decoded, text, details, failed, shell }) => {
    expect(decodeWaitStatus(status)).toEqual(decoded);
    expect(formatExitStatus(decoded)).toBe(text);
    expect(describeExitStatus(decoded)).toBe(details);
    expect(isFailure(decoded)).toBe(failed);
    expect(shellStatusOf(decoded)).toBe(shell);
    expect(isStatusKnown(decoded)).toBe(true);
    expect(pickExitStatus({ ...decoded, guest_pid: 1 } as ExitStatus)).toEqual(decoded);
  });
});

test.each<[ExitStatus, string, string]>([
  [{ exit_code: 0 }, '0', 'ok'],
  [{ exit_code: 255 }, '255', 'exit 255'],
  [{ exit_signal: 9 }, 'KILL', 'KILL'],
  [{ exit_signal: 11, core_dumped: true }, 'SEGV', 'SEGV (core dumped)'],
  [{ exit_signal: 40 }, 'S40', 'signal 40'],
  [{}, '?', 'exit ?'],
])('%j has a text of a few cells, and one for the log', (status, cell, log) => {
  expect(exitCellText(status)).toBe(cell);
  expect(exitLogText(status)).toBe(log);
});

test('an unknown status is neither success nor failure [fault:unknown-is-success]', () => {
  expect(isStatusKnown({})).toBe(false);
  expect(isFailure({})).toBe(false);
  expect(formatExitStatus({})).toBeUndefined();
  expect(shellStatusOf({})).toBeUndefined();
  expect(pickExitStatus({})).toEqual({});
});

test.each([
  ['11', 11],
  ['SEGV', 11],
  ['SIGSEGV', 11],
  ['sigkill', 9],
  ['sys', 31],
  ['64', 64],
  ['0', undefined],
  ['65', undefined],
  ['SIG', undefined],
  ['', undefined],
  ['SEG', undefined],
])('parseSignal(%j) is %j', (text, signal) => {
  expect(parseSignal(text)).toBe(signal);
});

test('signals have the numbers of the kernel', async () => {
  const { constants } = await import('node:os');
  for (const [name, number] of Object.entries(constants.signals)) {
    const isAlias = name === 'SIGIOT' || name === 'SIGPOLL' || name === 'SIGUNUSED';
    if (!isAlias) expect(formatSignal(number)).toBe(name);
  }
});

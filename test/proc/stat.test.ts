import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  awaitsExec,
  isKernelThread,
  isThread,
  isZombie,
  type ProcStat,
  parseStat,
} from '../../src/proc/stat.ts';

const path = '/proc/42/stat';
const parse = (line: string | Uint8Array) => parseStat(Buffer.from(line as string), path);
const commOf = (stat: ProcStat) => Buffer.from(stat.comm).toString('latin1');

/** Fields 4 to 52, each with a different value. */
const fields = Array.from({ length: 49 }, (_, index) => 1000 + index + 4);
const lineOf = (comm: string, rest: readonly (number | string)[] = fields) =>
  `42 (${comm}) S ${rest.join(' ')}\n`;

test('parseStat reads each field by number', () => {
  expect(parse(lineOf('nginx'))).toEqual({
    pid: 42,
    comm: new Uint8Array(Buffer.from('nginx')),
    state: 'S',
    ppid: 1004,
    flags: 1009,
    cpuTicks: 1014 + 1015,
    childCpuTicks: 1016 + 1017,
    threads: 1020,
    startTicks: 1022,
    rssPages: 1024,
    exitSignal: 1038,
    exitCode: 1052,
  });
});

// From Linux 6.18: init, a thread opened by its ID, a zombie killed by signal 9, a kernel thread.
test.each([
  [
    '1 (systemd) S 0 1 1 0 -1 4194560 8044 112311 54 404 13 51 213 119 20 0 1 0 9 23187456 3393 18446744073709551615 1 1 0 0 0 0 671173123 4096 1260 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
    { pid: 1, ppid: 0, threads: 1, startTicks: 9, exitSignal: 17, exitCode: 0 },
    { thread: false, waits: false, zombie: false, kernel: false },
  ],
  [
    '812 (gmain) S 1 790 790 0 -1 1077936192 5 0 0 0 0 0 0 0 20 0 3 0 402 248651776 2280 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 -1 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
    { pid: 812, exitSignal: -1, startTicks: 402 },
    { thread: true, waits: true, zombie: false, kernel: false },
  ],
  [
    '900 (sleep) Z 899 899 899 0 -1 4227084 115 0 0 0 0 0 0 0 20 0 1 0 7741 0 0 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 9\n',
    { pid: 900, state: 'Z', exitCode: 9 },
    { thread: false, waits: false, zombie: true, kernel: false },
  ],
  [
    '2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 9 0 0 18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n',
    { pid: 2, ppid: 0, flags: 2129984 },
    // Kernel threads always have the flag.
    { thread: false, waits: true, zombie: false, kernel: true },
  ],
])('parseStat classifies %s', (line, expected, { thread, waits, zombie, kernel }) => {
  const stat = parse(line);
  expect(stat).toMatchObject(expected);
  expect([isThread(stat), awaitsExec(stat), isZombie(stat), isKernelThread(stat)]).toEqual([
    thread,
    waits,
    zombie,
    kernel,
  ]);
});

test('isZombie is false for a main thread in state Z while other threads run', () => {
  const threads = fields.with(20 - 4, 3);
  expect(isZombie(parse(`42 (x) Z ${threads.join(' ')}\n`))).toBe(false);
});

describe('parseStat reads comm between the outermost parentheses', () => {
  test.each([
    [''],
    [')'],
    ['('],
    [')('],
    [') R 1 ('],
    [') Z 0 0 0 0'],
    ['x) S 1 1 1 0 -1 '],
    ['two\nlines'],
    ['\n'],
    [' '],
    ['\0'],
    ['(sd-pam)'],
    ['kworker/u17:3-events_unbound'],
    ['\x1b]0;owned\x07'],
  ])('for %j', (comm) => {
    const stat = parse(lineOf(comm));
    expect(commOf(stat)).toBe(comm);
    expect(stat).toMatchObject({ state: 'S', ppid: 1004, startTicks: 1022 });
  });

  test('for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (comm) => {
        const line = Buffer.concat([Buffer.from('42 ('), comm, Buffer.from(`) R ${fields.join(' ')}\n`)]);
        expect(parse(line)).toMatchObject({ comm: new Uint8Array(comm), state: 'R', startTicks: 1022 });
      }),
    );
  });

  test('as a copy, because the next read overwrites the buffer', () => {
    const buffer = Buffer.from(lineOf('first'));
    const stat = parseStat(buffer, path);
    buffer.fill(0);
    expect(commOf(stat)).toBe('first');
  });
});

describe('parseStat of invalid input', () => {
  test.each([
    [''],
    ['\n'],
    ['42'],
    ['42 '],
    ['42 ('],
    ['42 (nginx'],
    ['42 (nginx)'],
    ['42 (nginx) '],
    ['42 (nginx) S'],
    ['42 (nginx)S 1'],
    ['(nginx) S 1'],
    [')42 (nginx'],
    [lineOf('nginx', fields.slice(0, 18))],
    [lineOf('nginx', ['x', ...fields])],
    ['Permission denied\n'],
  ])('%j throws an error with the quoted bytes', (line) => {
    expect(() => parse(line)).toThrow(
      expect.objectContaining({
        name: 'ProcError',
        path,
        message: `not a stat line: ${JSON.stringify(line.slice(0, 80))}`,
      }),
    );
  });

  test('a truncated line is rejected or gives the same process', () => {
    const line = lineOf('a) b (c');
    for (let end = 0; end < line.length; end++) {
      const prefix = line.slice(0, end);
      let stat: ProcStat;
      try {
        stat = parse(prefix);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ProcError' });
        continue;
      }
      expect([commOf(stat), stat.ppid, stat.state]).toEqual(['a) b (c', 1004, 'S']);
    }
  });

  test('any bytes are parsed or rejected with a ProcError', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.stringMatching(/^[\d() SZ\n-]{0,200}$/).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (line) => {
        try {
          expect(parse(line).startTicks).toEqual(expect.any(Number));
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProcError', path });
        }
      }),
    );
  });
});

test('parseStat returns 0 for fields that an old kernel lacks', () => {
  expect(parse(lineOf('old', fields.slice(0, 19)))).toMatchObject({
    startTicks: 1022,
    exitSignal: 0,
    exitCode: 0,
  });
});

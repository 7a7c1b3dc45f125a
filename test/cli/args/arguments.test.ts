import { describe, expect, test, vi } from 'vitest';
import { readArguments } from '../../../src/cli/args/arguments.ts';

vi.stubEnv('XDG_CONFIG_HOME', '/nonexistent');

const read = (...argv: string[]) => readArguments(argv);
const refusal = (message: string) => expect.objectContaining({ name: 'UsageError', message });

describe('what is typed', () => {
  test.each<[string[], object]>([
    [['--interval=5ms'], { interval: 5_000_000n }],
    [['--interval', '5ms'], { interval: 5_000_000n }],
    [['-i', '5ms'], { interval: 5_000_000n }],
    [['--cpu-busy', '3%'], { cpuBusy: 0.03 }],
    [['--filter=-x'], { filter: '-x' }],
    [['--no-mouse', '--no-ascii', '--no-ndjson'], { mouse: false, ascii: false, ndjson: false }],
    [['--mouse', '--ascii'], { mouse: true, ascii: true }],
    [['--ascii', '--no-ascii'], { ascii: false }],
    [['-hV'], { help: true, version: true }],
  ])('%j', async (argv, values) => {
    expect((await read(...argv)).values).toMatchObject(values);
  });

  test('a flag of several values keeps their order', async () => {
    const { values } = await read('--alert', 'alive>1', '--alert=zombies>2', '--alert', 'alive>3');
    expect(values.alert?.map(({ amount }) => amount)).toEqual([1, 2, 3]);
  });

  test('operands stand anywhere, and behind -- they may look like flags', async () => {
    expect(await read('report', '-', '--json')).toMatchObject({ command: 'report', operands: ['-'] });
    expect(await read('--json', 'report', 'a', '--', '--b')).toMatchObject({ operands: ['a', '--b'] });
  });
});

describe('is refused:', () => {
  test.each<[string[], string]>([
    [['--interval'], '--interval needs a value: TIME'],
    [['--interval='], '--interval needs a value: TIME'],
    [['--interval', '--ndjson'], '--interval needs a value: TIME'],
    [['-i', '-h'], '--interval needs a value: TIME'],
    [['--interval=1s', '-i', '2s'], 'the flag --interval can only be set once'],
    [['--no-interval'], '--interval needs a value: TIME'],
    [['-hx'], 'unknown flag -x'],
    [['--toString=1'], 'unknown flag --to-string'],
    [['--\x1b]0;x\x07'], 'unknown flag --␛]0;x␇'],
    [['frobnicate'], 'unknown argument frobnicate'],
    [['record'], 'churntop record FILE: which FILE?'],
    [['record', 'a', 'b'], 'unknown argument b'],
  ])('%j', async (argv, message) => {
    await expect(read(...argv)).rejects.toThrow(refusal(message));
  });
});

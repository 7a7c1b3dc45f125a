import { describe, expect, test, vi } from 'vitest';
import { readArguments } from '../../../src/cli/args/arguments.ts';

vi.stubEnv('XDG_CONFIG_HOME', '/nonexistent');
process.stdout.isTTY = true;

const read = (...argv: string[]) => readArguments(argv);
const usageError = (message: string) => expect.objectContaining({ name: 'UsageError', message });

describe('readArguments', () => {
  test.each<[string[], object]>([
    [['--interval=5ms'], { interval: 5_000_000n }],
    [['--interval', '5ms'], { interval: 5_000_000n }],
    [['-i', '5ms'], { interval: 5_000_000n }],
    [['--cpu-limit-busy', '3%'], { cpuLimitBusy: 0.03 }],
    [['--filter=-x'], { filter: '-x' }],
    [['--no-mouse', '--no-ascii', '--no-ndjson'], { mouse: false, ascii: false, ndjson: false }],
    [['--mouse', '--ascii'], { mouse: true, ascii: true }],
    [['--ascii', '--no-ascii'], { ascii: false }],
    [['-hV'], { help: true, version: true }],
    [['-i5ms'], { interval: 5_000_000n }],
    [['-i=5ms'], { interval: 5_000_000n }],
    [['-i250us'], { interval: 250_000n }],
    [['-hi5ms'], { help: true, interval: 5_000_000n }],
    [['-fnginx'], { filter: 'nginx' }],
    [['-f!comm=sh'], { filter: '!comm=sh' }],
    [['-f-x'], { filter: '-x' }],
    [['-f', 'a', '-o/tmp'], { filter: 'a', dumpDir: '/tmp' }],
  ])('reads %j', async (argv, values) => {
    expect((await read(...argv)).values).toMatchObject(values);
  });

  test('keeps the order of a repeatable flag', async () => {
    const { values } = await read('--alert', 'alive>1', '--alert=zombies>2', '--alert', 'alive>3');
    expect(values.alert?.map(({ amount }) => amount)).toEqual([1, 2, 3]);
  });

  test('accepts operands anywhere, and operands that look like flags after --', async () => {
    expect(await read('report', '-', '--json')).toMatchObject({ command: 'report', operands: ['-'] });
    expect(await read('--json', 'report', 'a', '--', '--b')).toMatchObject({ operands: ['a', '--b'] });
  });
});

describe('readArguments throws a usage error', () => {
  test.each<[string[], string]>([
    [['--interval'], '--interval: missing value (expected TIME)'],
    [['--interval='], '--interval: missing value (expected TIME)'],
    [['--interval', '--ndjson'], '--interval: missing value (expected TIME)'],
    [['-i', '-h'], '--interval: missing value (expected TIME)'],
    [['--ssh'], '--ssh: missing value (expected HOSTS)'],
    [['--ssh='], '--ssh: missing value (expected HOSTS)'],
    [['record', 'x', '--publish'], '--publish: missing value (expected TARGET)'],
    [['--interval=1s', '-i', '2s'], '--interval: can only be set once'],
    [['--no-interval'], '--interval: missing value (expected TIME)'],
    [['-hx'], '-x: unknown flag'],
    [['-i'], '--interval: missing value (expected TIME)'],
    [['--alert'], '--alert: missing value (expected RULE)'],
    [['--alert', '--ndjson'], '--alert: missing value (expected RULE)'],
    [['--ssh', '-oProxyCommand=x'], '--ssh: missing value (expected HOSTS)'],
    [['-i', '-5ms'], '--interval: invalid duration "-5ms" (expected 250us, 100ms, 1s, …)'],
    [['--interval', '-5ms'], '--interval: invalid duration "-5ms" (expected 250us, 100ms, 1s, …)'],
    [['-i1s', '-i2s'], '--interval: can only be set once'],
    [['report', '--json=yes', 'x'], '--json: takes no value'],
    [['report', '--json=', 'x'], '--json: takes no value'],
    [['report', '--no-json=1', 'x'], '--no-json: takes no value'],
    [['--no-mouse=x'], '--no-mouse: takes no value'],
    [['--mouse=false'], '--mouse: takes no value'],
    [['--ndjson=true'], '--ndjson: takes no value'],
    [['--recordArgs=yes'], '--record-args: takes no value'],
    [['--help=me'], '--help: takes no value'],
    [['--filtr=x'], '--filtr: unknown flag (did you mean --filter?)'],
    [['--record-arg'], '--record-arg: unknown flag (did you mean --record-args?)'],
    [
      ['export', '--to=perfeto', 'x'],
      '--to: invalid value "perfeto" (did you mean perfetto? expected perfetto, otlp, ecs)',
    ],
    [['reprot'], 'unknown command "reprot" (did you mean report?)'],
    [['reprot', 'x.ndjson'], 'unknown command "reprot" (did you mean report?)'],
    [['Record', 'x'], 'unknown command "Record" (did you mean record?)'],
    [['veiw'], 'unknown command "veiw" (did you mean view?)'],
    [['rec'], 'unknown command "rec" (did you mean record?)'],
    [['help'], 'unknown command "help" (did you mean --help?)'],
    [['nginx'], 'unknown command "nginx" (churntop --filter "nginx" shows processes of that name)'],
    [['./trace.ndjson'], 'unknown command "./trace.ndjson" (churntop view "./trace.ndjson" replays a trace)'],
    [['\x1b[31mx'], 'unknown command "␛[31mx" (churntop --filter "␛[31mx" shows processes of that name)'],
    [['--toString=1'], '--to-string: unknown flag'],
    [['--\x1b]0;x\x07'], '--␛]0;x␇: unknown flag'],
    [
      ['frobnicate'],
      'unknown command "frobnicate" (churntop --filter "frobnicate" shows processes of that name)',
    ],
    [['record'], 'record: missing operand (expected FILE)'],
    [['record', 'a', 'b'], 'unknown argument "b"'],
  ])('for %j', async (argv, message) => {
    await expect(read(...argv)).rejects.toThrow(usageError(message));
  });
});

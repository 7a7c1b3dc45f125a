import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig, readConfig } from '../../../src/cli/args/config-file.ts';
import type { Flag } from '../../../src/cli/args/flag-type.ts';
import { flags } from '../../../src/cli/args/flags.ts';
import { themeNames } from '../../../src/ui/theme/themes.ts';

const folder = mkdtempSync(join(tmpdir(), 'ct-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const parse = (...lines: string[]) => parseConfig(lines.join('\n'), 'config');

describe('parseConfig', () => {
  test('reads one flag per line, with or without dashes', () => {
    expect(
      parse(
        '# appearance',
        '',
        '--theme=high-contrast',
        'no-mouse',
        '  columns  pid, command ',
        'ascii',
        'bind x=p',
      ).values,
    ).toEqual({ theme: 'high-contrast', mouse: false, columns: 'pid, command', ascii: true, bind: 'x=p' });
    expect(parse('mouse', '--no-ascii').values).toEqual({ mouse: true, ascii: false });
  });

  test.each<[string, string]>([
    ['color red', 'config:2: color: unknown flag'],
    ['theme', 'config:2: theme: missing value (expected NAME)'],
    ['theme mauve', `config:2: theme: invalid value "mauve" (expected ${themeNames.join(', ')})`],
    ['ascii yes', 'config:2: ascii: takes no value'],
    ['cpu-limit lots', 'config:2: cpu-limit: invalid share "lots" (expected 5%)'],
    ['columns pid,pid', 'config:2: columns: duplicate value in "pid,pid" (expected each at most once)'],
    ['bind p', 'config:2: bind: invalid key pair "p" (expected x=p)'],
    ['alert alive>many', 'config:2: alert: expected a number, such as 50 or 0.5, at character 7'],
    ['record trace', 'config:2: record: not allowed in a configuration file'],
    ['\x1b]0;x\x07', 'config:2: invalid line "␛]0;x␇" (expected FLAG or FLAG VALUE)'],
  ])('throws a usage error with the line number for %j', (line, message) => {
    expect(() => parse('# first', line)).toThrow(expect.objectContaining({ name: 'UsageError', message }));
  });

  test('throws if a flag is given twice', () => {
    expect(() => parse('ascii', '--no-ascii')).toThrow(
      'config:2: ascii: given more than once (first at config:1)',
    );
  });

  test('accepts repeatable flags more than once', () => {
    expect(parse('alert alive>5', 'alert = zombies>2 for 1m', 'no-alerts').values).toEqual({
      alert: ['alive>5', 'zombies>2 for 1m'],
      alerts: false,
    });
  });

  test('accepts every flag that is marked for it', () => {
    const samples: Readonly<Record<string, string>> = {
      source: 'proc',
      interval: '1s',
      cpuLimit: '5%',
      cpuLimitBusy: '15%',
      dumpDir: '/tmp',
      theme: 'terminal',
      columns: 'pid',
      bind: 'x=p',
      alert: 'alive>5',
    };
    for (const [key, { name, value, config }] of Object.entries<Flag>(flags)) {
      if (!config) continue;
      const line = value === undefined ? name : `${name} ${samples[key]}`;
      expect(Object.keys(parse(line).values)).toEqual([key]);
    }
  });
});

describe('readConfig', () => {
  test('reads the file in the XDG directory, if it exists', () => {
    mkdirSync(join(folder, 'xdg', 'churntop'), { recursive: true });
    mkdirSync(join(folder, 'home', '.config', 'churntop'), { recursive: true });
    writeFileSync(join(folder, 'xdg', 'churntop', 'config'), 'theme high-contrast\n');
    writeFileSync(join(folder, 'home', '.config', 'churntop', 'config'), 'no-mouse\n');
    const read = (env: NodeJS.ProcessEnv) => readConfig(undefined, env).values;
    const home = join(folder, 'home');
    expect(read({ XDG_CONFIG_HOME: join(folder, 'xdg'), HOME: home })).toEqual({ theme: 'high-contrast' });
    expect(read({ XDG_CONFIG_HOME: 'xdg', HOME: home })).toEqual({ mouse: false });
    expect(read({ HOME: home })).toEqual({ mouse: false });
    expect(read({ HOME: folder })).toEqual({});
    expect(read({})).toEqual({});
  });

  test('throws if a given file cannot be read', () => {
    const path = join(folder, 'none');
    expect(() => readConfig(path)).toThrow(`${path}: no such file or directory (ENOENT)`);
    expect(() => readConfig(folder)).toThrow(`${folder}: is a directory (EISDIR)`);
    expect(readConfig('/dev/null').values).toEqual({});
  });

  test('throws if the file is too long', () => {
    const path = join(folder, 'heap');
    writeFileSync(path, '#'.repeat(70_000));
    expect(() => readConfig(path)).toThrow(`${path}: too long`);
  });
});

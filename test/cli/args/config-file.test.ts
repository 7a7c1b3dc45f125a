import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig, readConfig } from '../../../src/cli/args/config-file.ts';
import { type Flag, flags } from '../../../src/cli/args/flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'ct-config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const of = (...lines: string[]) => parseConfig(lines.join('\n'), 'config');

describe('a configuration', () => {
  test('is flags, one a line, with or without dashes', () => {
    expect(
      of('# looks', '', '--theme=high-contrast', 'no-mouse', '  columns  pid, comm ', 'ascii', 'bind x=p')
        .values,
    ).toEqual({ theme: 'high-contrast', mouse: false, columns: 'pid, comm', ascii: true, bind: 'x=p' });
    expect(of('mouse', '--no-ascii').values).toEqual({ mouse: true, ascii: false });
  });

  test.each<[string, string]>([
    ['colour red', 'config:2: unknown flag colour'],
    ['theme', 'config:2: theme needs a value: NAME'],
    ['theme mauve', 'config:2: not one of terminal, high-contrast, colour-blind, true-colour: mauve'],
    ['ascii yes', 'config:2: ascii takes no value'],
    ['cpu lots', 'config:2: not a share of one core: lots (write 5%)'],
    ['columns pid,pid', 'config:2: more than once: pid,pid'],
    ['bind p', 'config:2: not two keys: p (write x=p)'],
    ['alert alive>many', 'config:2: --alert: a number is missing: 50, 0.5 (at character 7)'],
    ['record trace', 'config:2: --record is for the command line only'],
    ['\x1b]0;x\x07', 'config:2: not a flag: ␛]0;x␇'],
  ])('%j is refused by its line', (line, message) => {
    expect(() => of('# first', line)).toThrow(expect.objectContaining({ name: 'UsageError', message }));
  });

  test('says a thing once', () => {
    expect(() => of('ascii', '--no-ascii')).toThrow('config:2: a second time, as in config:1');
  });

  test('says as many rules of alerts as are wanted', () => {
    expect(of('alert alive>5', 'alert = zombies>2 for 1m', 'no-alerts').values).toEqual({
      alert: ['alive>5', 'zombies>2 for 1m'],
      alerts: false,
    });
  });

  test('takes every flag that may stand in it', () => {
    const samples: Readonly<Record<string, string>> = {
      interval: '1s',
      cpu: '5%',
      cpuBusy: '15%',
      out: '/tmp',
      theme: 'terminal',
      columns: 'pid',
      bind: 'x=p',
      alert: 'alive>5',
    };
    for (const [key, { name, value, config }] of Object.entries<Flag>(flags)) {
      if (!config) continue;
      const line = value === undefined ? name : `${name} ${samples[key]}`;
      expect(Object.keys(of(line).values)).toEqual([key]);
    }
  });
});

describe('the file', () => {
  test('stands where XDG says, and need not be there', () => {
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

  test('one that was asked for must be there', () => {
    const path = join(folder, 'none');
    expect(() => readConfig(path)).toThrow(`${path}: no such file or directory (ENOENT)`);
    expect(() => readConfig(folder)).toThrow(`${folder}: is a directory (EISDIR)`);
    expect(readConfig('/dev/null').values).toEqual({});
  });

  test('is no heap of anything', () => {
    const path = join(folder, 'heap');
    writeFileSync(path, '#'.repeat(70_000));
    expect(() => readConfig(path)).toThrow('too long for a configuration');
  });
});

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manPage, roff } from '../../../scripts/docs/man.ts';
import type { Flag } from '../../../src/cli/args/flag-type.ts';
import { flags } from '../../../src/cli/args/flags.ts';

const troff = (page: string) =>
  spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-'], {
    input: page,
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '', LC_ALL: 'C.UTF-8' },
  });
const noMan = spawnSync('man', ['--version']).status !== 0;

test('names every flag', () => {
  const page = manPage('1.2.3');
  for (const { name } of Object.values<Flag>(flags)) expect(page).toContain(`\\-\\-${roff(name)}`);
});

test('what is text is never taken for a request', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(roff(text)).not.toMatch(/^[.']/m);
      expect(roff(text)).not.toMatch(/[^\x00-\x7f]/);
    }),
  );
});

describe.skipIf(noMan)('man', () => {
  const { stdout, stderr, status } = noMan ? { stdout: '', stderr: '', status: 0 } : troff(manPage('1.2.3'));
  const plain = stdout.replaceAll(/.\x08/g, '').replaceAll(/\x1b\[[\d;]*m/g, '');

  test('sets it without a warning', () => {
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('shows it as it is meant', () => {
    for (const part of [
      'NAME',
      'SYNOPSIS',
      'OPTIONS',
      'KEYS',
      'FILTERS',
      'EXIT STATUS',
      '--rotate-every',
      'PgDn',
    ])
      expect(plain).toContain(part);
    expect(plain).toContain('churntop report [flags] FILE…|-');
    expect(plain).not.toContain('\\');
  });
});

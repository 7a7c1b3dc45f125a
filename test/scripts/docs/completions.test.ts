import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { loadPty, openPty, type Session } from '../../support/harness/pty.ts';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const pty = await loadPty();
const sessions: Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.kill('SIGKILL');
});

const cases: [string, string[], string[]][] = [
  ['churntop ', ['record', 'report', 'check', 'export', 'view'], ['package.json']],
  ['churntop re', ['record', 'report'], ['check']],
  ['churntop export --to ', ['perfetto', 'otlp', 'ecs'], ['record']],
  ['churntop report --b', ['--by'], ['--rotate']],
  ['churntop record --ro', ['--rotate', '--rotate-every'], ['--by']],
  ['churntop view packag', ['package.json'], ['record']],
];

describe.skipIf(!has('bash'))('bash', () => {
  /** Lines after which the cursor stands, split at equals signs as bash does, or not. */
  test.each<[string, string[], string[]]>([
    ['--to = p', ['churntop', 'export', '--to', '=', 'p'], ['perfetto']],
    ['--to =', ['churntop', 'export', '--to', '='], ['perfetto', 'otlp', 'ecs']],
    ['--to=p', ['churntop', 'export', '--to=p'], ['--to=perfetto']],
    ['--to=', ['churntop', 'export', '--to='], ['--to=perfetto', '--to=otlp', '--to=ecs']],
    ['--by = u', ['churntop', 'report', '--by', '=', 'u'], ['user', 'unit']],
    ['--theme = h', ['churntop', '--theme', '=', 'h'], ['high-contrast']],
    ['--record = pack', ['churntop', '--record', '=', 'package.j'], ['package.json']],
    ['--proc=sr', ['churntop', '--proc=sr'], ['--proc=src']],
    ['--filter = x', ['churntop', '--filter', '=', 'x'], ['']],
  ])('[fault:completion-equals] %s', (_, words, offered) => {
    const script = `source completions/churntop.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _churntop; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n');
    expect(answer).toEqual(offered);
  });

  test.skipIf(!pty)('[fault:completion-equals] completes --to=p in a terminal', async () => {
    const session = openPty(pty as NonNullable<typeof pty>, 'bash', ['--norc', '--noprofile', '-i'], {
      env: { PS1: 'ready> ' },
    });
    sessions.push(session);
    await session.see('ready>');
    session.type('source completions/churntop.bash; echo is $((1+1))\r');
    await session.see('is 2');
    session.type('churntop export --to=p\t');
    await session.see('churntop export --to=perfetto');
  });

  test.each(cases)('%s', (line, offered, others) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const script = `source completions/churntop.bash
COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _churntop; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n');
    expect(answer).toEqual(expect.arrayContaining(offered));
    for (const other of others) expect(answer).not.toContain(other);
  });
});

describe.skipIf(!has('fish'))('fish', () => {
  test('[fault:completion-equals] --to=p', () => {
    const script = "source completions/churntop.fish; complete -C 'churntop export --to=p'";
    const answer = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' });
    expect(answer.split('\n').map((line) => line.split('\t')[0])).toContain('--to=perfetto');
  });

  test.each(cases)('%s', (line, offered, others) => {
    const script = `source completions/churntop.fish; complete -C '${line}'`;
    const answer = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' })
      .split('\n')
      .map((each) => each.split('\t')[0]);
    expect(answer).toEqual(expect.arrayContaining(offered));
    for (const other of others) expect(answer).not.toContain(other);
  });
});

describe.skipIf(!has('zsh') || !pty)('zsh', () => {
  test('offers commands with their help, flags and values', async () => {
    const session = openPty(pty as NonNullable<typeof pty>, 'zsh', ['-f', '-i'], {
      env: { PS1: 'ready> ' },
    });
    sessions.push(session);
    await session.see('ready>');
    session.type(
      'fpath=($PWD/completions $fpath); autoload -Uz compinit; compinit -u -D; echo is $((1+1))\r',
    );
    await session.see('is 2');
    session.type('churntop re\t\t');
    await session.see(/report +-- summarize the churn/);
    session.type('\x15churntop export --to \t\t');
    await session.see(/ecs +otlp +perfetto/);
    session.type('\x15churntop report --b\t');
    await session.see('churntop report --by');
    session.type('\x15churntop export --to=p\t');
    await session.see('churntop export --to=perfetto');
  });
});

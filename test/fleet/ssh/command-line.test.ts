import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTemplate, quoteWord, sshCommandLine } from '../../../src/fleet/ssh/command-line.ts';

test('ssh gets the host after all options, and the command as one quoted word', () => {
  const words = sshCommandLine('root@web1', ['sh', '-c', "echo 'a b'"]);
  expect(words.slice(-3)).toEqual(['--', 'root@web1', `sh -c 'echo '\\''a b'\\'''`]);
  expect(words).toContain('BatchMode=yes');
});

test('a shell reads a quoted word back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (word) => {
      const text = execFileSync('sh', ['-c', `printf %s ${quoteWord(word)}`], { encoding: 'utf8' });
      expect(text).toBe(word);
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['docker exec -i {}', ['docker', 'exec', '-i', 'web1', 'churntop']],
  ["kubectl exec -i {} -c 'my app' --", ['kubectl', 'exec', '-i', 'web1', '-c', 'my app', '--', 'churntop']],
  ['lxc exec x:{} --', ['lxc', 'exec', 'x:web1', '--', 'churntop']],
  ['ssh "{}" sudo', ['ssh', 'web1', 'sudo', 'churntop']],
])('the template %j is split into words', (template, words) => {
  expect(parseTemplate(template)('web1', ['churntop'])).toEqual(words);
});

test('a template of ssh quotes the command, which a shell reads at the far end', () => {
  const command = ['churntop', '--alert=alive>2'];
  expect(parseTemplate('/usr/bin/ssh {} sudo')('web1', command).slice(2)).toEqual([
    ...['sudo', 'churntop', "'--alert=alive>2'"],
  ]);
  expect(parseTemplate('docker exec {}')('web1', command).slice(3)).toEqual(command);
});

test.each([['docker exec -i'], ['{}'], ['a "b {}'], ["it's {}"]])(
  'the template %j is rejected',
  (template) => {
    expect(() => parseTemplate(template)).toThrow(/\{\}|quote/);
  },
);

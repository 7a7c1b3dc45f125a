import { expect, test } from 'vitest';
import { type Command, commandText } from '../../../src/domain/commands/command-text.ts';

test.each<[string, Command, string]>([
  [
    'the program without its directory',
    { comm: 'python3', args: ['/usr/bin/python3', 'a.py'] },
    'python3 a.py',
  ],
  [
    'quoted arguments',
    { comm: 'sh', args: ['sh', '-c', "echo 'a b'"] },
    String.raw`sh -c 'echo '\''a b'\'''`,
  ],
  ['an empty argument', { comm: 'test', args: ['test', ''] }, "test ''"],
  ['a title unquoted', { comm: 'nginx', args: ['nginx: worker process'] }, 'nginx: worker process'],
  ['a title with a slash', { comm: 'sshd', args: ['sshd: root@pts/0'] }, 'sshd: root@pts/0'],
  ['a title after a path', { comm: 'sshd', args: ['/usr/sbin/sshd -D [listener]'] }, 'sshd -D [listener]'],
  ['a path with spaces', { comm: 'tool', args: ['/opt/My App/tool', '-x'] }, 'tool -x'],
  ['a login shell', { comm: 'bash', args: ['-bash'] }, '-bash'],
  ['the comm if no arguments are known', { comm: 'cron' }, 'cron'],
  ['the comm if there are none', { comm: 'x', args: [] }, 'x'],
  ['a kernel thread in brackets', { comm: 'kworker/0:1', kthread: true }, '[kworker/0:1]'],
  ['a zombie without arguments as ps does', { comm: 'sh', zombie: true }, '[sh] <defunct>'],
  ['a quoted comm if it is blank', { comm: '  ' }, "'  '"],
  ['a quoted title if it is blank', { comm: '\u3000', args: ['\u00a0'] }, "'\u00a0'"],
  ['a kernel thread in brackets if its comm is blank', { comm: ' ', kthread: true }, "[' ']"],
  ['`?` if the comm could not be read', { comm: '' }, '?'],
  ['`?` for a zombie whose comm could not be read', { comm: '', zombie: true }, '[?] <defunct>'],
  ['the arguments of a zombie', { comm: 'sh', zombie: true, args: ['sh', '-c', 'true'] }, 'sh -c true'],
])('commandText returns %s', (_, command, text) => {
  expect(commandText(command)).toBe(text);
});

test('commandText returns the whole path or the comm when the style asks for it', () => {
  const command = { comm: 'python3.12', args: ['/usr/bin/python3', 'a.py'] };
  expect(commandText(command, 'path')).toBe('/usr/bin/python3 a.py');
  expect(commandText(command, 'comm')).toBe('python3.12');
  expect(commandText({ comm: 'sh', zombie: true }, 'comm')).toBe('sh');
});

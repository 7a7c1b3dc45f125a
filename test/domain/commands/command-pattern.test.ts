import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandPattern, maxPatternLength } from '../../../src/domain/commands/command-pattern.ts';

const patternOf = (...args: string[]) => commandPattern({ comm: args[0] as string, args });

test.each([
  [['sleep', '0.3'], 'sleep *'],
  [['python3', '/opt/job.py', '--id=1234'], 'python3 /opt/job.py --id=*'],
  [['kill', '-9', '4100', '4101', '4102'], 'kill -* *'],
  [['curl', 'http://10.0.0.1:8080/x'], 'curl http://*/x'],
  [['sh', '-c', 'sleep 0.05; exit 1'], "sh -c 'sleep *; exit *'"],
  [['cc1', '/tmp/ccAbC12.s', '-o', '/tmp/ccXyZ34.o'], 'cc1 /tmp/* -o /tmp/*'],
  [['rm', '/var/tmp/a', '/var/tmp/b'], 'rm /var/tmp/*'],
  [['git', 'show', '8d40ef8a1b2c'], 'git show *'],
  [['runc', '--id', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'], 'runc --id *'],
  [['sync', '2026-11-30T11:22:33Z'], 'sync *T*Z'],
  [['sha256sum', 'x86_64', 'eth0', 'utf8'], 'sha256sum x86_64 eth0 utf8'],
  [['tar', 'job20261130.log'], 'tar job*.log'],
  [['postgres: app db 10.1.2.3(5432) idle'], 'postgres: app db *(*) idle'],
])('commandPattern folds the variable parts of %j', (args, pattern) => {
  expect(patternOf(...args)).toBe(pattern);
});

test('commandPattern returns the comm without arguments, and folds kernel threads', () => {
  expect(commandPattern({ comm: 'cron' })).toBe('cron');
  expect(commandPattern({ comm: 'kworker/0:1-events', kthread: true })).toBe('[kworker/*-events]');
});

test('commandPattern is the same for commands that differ in numbers', () => {
  const number = fc.nat().map(String);
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('-n', '--id=', 'x/', '/var/log/')),
      number,
      number,
      (parts, a, b) => {
        const argsWith = (value: string) => ['tool', ...parts.map((part) => part + value)];
        expect(patternOf(...argsWith(a))).toBe(patternOf(...argsWith(b)));
      },
    ),
  );
});

test('commandPattern is bounded and deterministic for any arguments', () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string({ unit: 'binary', maxLength: 400 })), (comm, args) => {
      const pattern = commandPattern({ comm, args });
      expect(pattern.length).toBeLessThanOrEqual(Math.max(maxPatternLength, comm.length));
      expect(commandPattern({ comm, args })).toBe(pattern);
    }),
  );
});

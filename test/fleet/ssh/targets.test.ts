import { expect, test } from 'vitest';
import { parseTargets, TargetError } from '../../../src/fleet/ssh/targets.ts';

const noFile = (path: string): string => {
  throw new Error(path);
};

test('targets are named by their host, and by their address where two have the same host', () => {
  expect(parseTargets(['web1, root@web2,ssh://ops@db1:2222', 'a@db2,b@db2'], noFile)).toEqual([
    { id: 'web1', address: 'web1' },
    { id: 'web2', address: 'root@web2' },
    { id: 'db1:2222', address: 'ssh://ops@db1:2222' },
    { id: 'a@db2', address: 'a@db2' },
    { id: 'b@db2', address: 'b@db2' },
  ]);
});

test('@FILE is a list of targets with comments, and a target that is given twice counts once', () => {
  const files: Record<string, string> = { 'hosts.txt': '# ours\nweb1\n\n root@web2  # old\r\n' };
  expect(parseTargets(['web1,@hosts.txt'], (path) => files[path] ?? '')).toEqual([
    { id: 'web1', address: 'web1' },
    { id: 'web2', address: 'root@web2' },
  ]);
});

test.each([['-oProxyCommand=touch x'], ['web 1'], ['web1\u001b[2J'], ['web1,,web2']])(
  'the target %j is rejected',
  (text) => {
    expect(() => parseTargets([text], noFile)).toThrow(TargetError);
  },
);

test('an empty list of targets is rejected', () => {
  expect(() => parseTargets(['@none'], () => '# nothing\n')).toThrow('no host');
});

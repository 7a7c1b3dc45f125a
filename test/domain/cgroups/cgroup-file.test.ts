import { expect, test } from 'vitest';
import { parseCgroup } from '../../../src/domain/cgroups/cgroup-file.ts';

test.each([
  ['0::/init.scope\n', '/init.scope'],
  ['12:memory:/docker/abc\n1:name=systemd:/\n0::/\n', '/docker/abc'],
  ['4:cpu,cpuacct:/a/b\n0::/user.slice\n', '/user.slice'],
  ['0::/\n', '/'],
  ['', undefined],
  ['nonsense', undefined],
  // Hybrid: Docker places the container in the hierarchies of v1 only.
  ['8:pids:/docker/abc\n1:name=systemd:/docker/abc\n0::/system.slice/containerd.service\n', '/docker/abc'],
  // v1: `pids` ends at the unit of the user manager.
  [
    '8:pids:/u.slice/user@1.service\n1:name=systemd:/u.slice/user@1.service/a.scope\n',
    '/u.slice/user@1.service/a.scope',
  ],
  // Without systemd.
  ['8:pids:/docker/abc\n1:name=openrc:/docker\n', '/docker/abc'],
  ['9:name=systemd:/\n8:pids:/\n4:memory:/jobs/1\n0::/\n', '/jobs/1'],
  ['2:cpu,pids:/a\n0::/b\n', '/a'],
  ['0::/system.slice/cron.service (deleted)\n', '/system.slice/cron.service'],
  ['0::/../../system.slice/ssh.service\n', '/../../system.slice/ssh.service'],
  ['3:name=a:b:/c:d\n', undefined],
  ['1:name=systemd:/a:b\n', '/a:b'],
])('parseCgroup parses %j', (text, path) => {
  expect(parseCgroup(text)).toBe(path);
});

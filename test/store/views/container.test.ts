import { expect, test } from 'vitest';
import { containerOrUnitOf } from '../../../src/store/views/container.ts';

const id = '0123456789ab'.padEnd(64, 'c');
const outer = 'a'.repeat(64);

test.each([
  [`/docker/${id}`, 'container 0123456789ab'],
  [`/system.slice/docker-${id}.scope`, 'container 0123456789ab'],
  [`/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`, 'container 0123456789ab'],
  [`/machine.slice/libpod-${id}.scope/container`, 'container 0123456789ab'],
  ['/lxc.payload.web/system.slice', 'container web'],
  ['/lxc/web', 'container web'],
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/user.slice/user-0.slice/user@0.service/app.slice/run-1.scope', 'run-1.scope'],
  [`/docker/${outer}/docker/${id}`, 'container 0123456789ab'],
  [`/docker/${outer}/system.slice/nginx.service`, 'container aaaaaaaaaaaa'],
  [`/lxc/web/docker/${id}`, 'container 0123456789ab'],
  [`/docker/${outer}/lxc.payload.web/init.scope`, 'container web'],
  [`/kubepods/besteffort/pod1/kubepods-pod1.slice:cri-containerd:${id}`, 'container 0123456789ab'],
  [`/machine.slice/libpod-conmon-${id}.scope`, `libpod-conmon-${id}.scope`],
  [`/kubepods.slice/crio-conmon-${id}.scope`, `crio-conmon-${id}.scope`],
  [`/docker/${outer}/libpod-conmon-${id}.scope`, 'container aaaaaaaaaaaa'],
  [`/machine.slice/machine-libpod_pod_${id}.slice`, undefined],
  ['/machine.slice/systemd-nspawn@web.service/payload', 'container web'],
  ['/machine.slice/machine-web\\x2d1.scope/payload', 'container web-1'],
  [`/machine.slice/libpod-${outer}.scope/libpod-payload-${id}`, 'container 0123456789ab'],
  [`/ecs/task/${id}`, 'container 0123456789ab'],
  ['/lxc.monitor.web', undefined],
  ['/', undefined],
  ['/0123456789abcdef', undefined],
])('cgroup %s is in %s', (cgroup, expected) => {
  expect(containerOrUnitOf(cgroup)).toBe(expected);
});

test('a container in a container: the innermost one is shown [fault:nested-container]', () => {
  const cgroup = `/system.slice/docker-${outer}.scope/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`;
  expect(containerOrUnitOf(cgroup)).toBe('container 0123456789ab');
});

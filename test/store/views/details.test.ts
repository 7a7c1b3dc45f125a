import { expect, test } from 'vitest';
import { containerOrUnitOf } from '../../../src/store/views/details.ts';

const id = '0123456789ab'.padEnd(64, 'c');

test.each([
  [`/docker/${id}`, 'container 0123456789ab'],
  [`/system.slice/docker-${id}.scope`, 'container 0123456789ab'],
  [`/kubepods.slice/kubepods-pod1.slice/cri-containerd-${id}.scope`, 'container 0123456789ab'],
  [`/machine.slice/libpod-${id}.scope/container`, 'container 0123456789ab'],
  ['/lxc.payload.web/system.slice', 'container web'],
  ['/lxc/web', 'container web'],
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/user.slice/user-0.slice/user@0.service/app.slice/run-1.scope', 'run-1.scope'],
  ['/', undefined],
  ['/0123456789abcdef', undefined],
])('%s is %s', (cgroup, place) => {
  expect(containerOrUnitOf(cgroup)).toBe(place);
});

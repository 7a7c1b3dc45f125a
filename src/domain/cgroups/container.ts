import { decodeUnitName } from './unit-name.ts';

/** What runs a container, as far as the name of its cgroup shows it. */
export type ContainerEngine =
  | 'docker'
  | 'buildkit'
  | 'containerd'
  | 'nerdctl'
  | 'cri-o'
  | 'podman'
  | 'lxc'
  | 'nspawn'
  | 'machined';

/** A container. Its cgroup has either its ID or its name. */
export type Container = {
  readonly engine: ContainerEngine | undefined;
  /** The whole ID, mostly 64 hexadecimal digits. */
  readonly id?: string;
  readonly name?: string;
};

/** `ID`, `docker-ID.scope`, `libpod-payload-ID`, `SLICE:cri-containerd:ID`. */
const idSegment = /^(?:(.*)[-:])?([0-9a-f]{64})(?:\.scope|\.service)?$/;
/** Container of an ECS task on Fargate: the ID of its task, and a number. */
const fargateId = /^[0-9a-f]{32}-\d{1,10}$/;
const buildkitId = /^[0-9a-z]{25}$/;
/** The monitor of a container has the ID of the container, but runs outside of it. */
const monitor = /(?:^|[:-])conmon$/;

const enginesByPrefix: ReadonlyMap<string, ContainerEngine> = new Map([
  ['docker', 'docker'],
  ['cri-containerd', 'containerd'],
  ['nerdctl', 'nerdctl'],
  ['crio', 'cri-o'],
  ['libpod', 'podman'],
  ['libpod-payload', 'podman'],
]);

/** Engines by the cgroup that contains their containers. ECS agents run containers with docker. */
const enginesByParent: ReadonlyMap<string, ContainerEngine> = new Map([
  ['docker', 'docker'],
  ['buildkit', 'buildkit'],
  ['k8s.io', 'containerd'],
]);

const lxcPayload = /^lxc\.payload\.(.+)$/;
const nspawnService = /^systemd-nspawn@(.+)\.service$/;
const machineScope = /^machine-(.+)\.scope$/;
const virtualMachine = /^qemu-\d+-|\.libvirt-qemu$/;
const libvirtLxc = /^lxc-\d+-(.+?)(?:\.libvirt-lxc)?$/;

/** Returns the container of a segment of a cgroup path. `before` has the segments before it. */
export const containerOfSegment = (segment: string, before: readonly string[]): Container | undefined =>
  containerById(segment, before) ?? containerByName(segment, before.at(-1));

const containerById = (segment: string, before: readonly string[]): Container | undefined => {
  const [, prefix, id] = idSegment.exec(segment) ?? [];
  const parent = before.at(-1);
  if (id === undefined) {
    if (parent === 'buildkit' && buildkitId.test(segment)) return { engine: 'buildkit', id: segment };
    return before.includes('ecs') && fargateId.test(segment) ? { engine: undefined, id: segment } : undefined;
  }
  // A pod of podman, and not a container.
  if (prefix === undefined && parent === 'libpod_parent') return undefined;
  if (prefix === undefined) return { engine: engineOfParents(before), id };
  if (monitor.test(prefix)) return undefined;
  return { engine: enginesByPrefix.get(prefix.slice(prefix.lastIndexOf(':') + 1)), id };
};

const engineOfParents = (before: readonly string[]): ContainerEngine | undefined => {
  if (before.length === 1 && before[0] === 'default') return 'containerd';
  if (before[0] === 'ecs') return 'docker';
  return enginesByParent.get(before.at(-1) ?? '');
};

const containerByName = (segment: string, parent: string | undefined): Container | undefined => {
  const payload =
    lxcPayload.exec(segment)?.[1] ?? (parent === 'lxc' || parent === 'lxc.payload' ? segment : undefined);
  if (payload !== undefined) return { engine: 'lxc', name: payload };
  const service = nspawnService.exec(segment)?.[1];
  if (service !== undefined) return { engine: 'nspawn', name: decodeUnitName(service) };
  const scope = machineScope.exec(segment)?.[1];
  const machine = scope === undefined ? undefined : decodeUnitName(scope);
  const name = machine ?? (parent === 'machine' ? segment : undefined);
  if (name === undefined || virtualMachine.test(name)) return undefined;
  const domain = libvirtLxc.exec(name)?.[1];
  return domain === undefined ? { engine: 'machined', name } : { engine: 'lxc', name: domain };
};

/** Whether a segment after that of a container has the processes that run it, which are outside of it. */
export const isSupervisor = (segment: string, container: Container | undefined): boolean =>
  segment === 'supervisor' && (container?.engine === 'nspawn' || container?.engine === 'machined');

/** Names of the cgroup in which the payload of a container runs, directly below that of the container. */
export const payloadNames: ReadonlySet<string> = new Set(['payload', 'container', 'ns']);

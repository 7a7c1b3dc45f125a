/** A segment of a container: runtimes use an ID of 64 hexadecimal digits, and some add a prefix. */
const containerId = /^(?:.*[:-])?([0-9a-f]{12})[0-9a-f]{52}(?:\.scope|\.service)?$/;
/** The monitor of a container has the ID of the container, but runs outside of it. */
const monitor = /(?:^|[:-])conmon-[^/]*$/;
const lxcPayload = /^lxc\.payload\.(.+)$/;
const nspawn = /^(?:systemd-nspawn@(.+)\.service|machine-(?!qemu)(.+)\.scope)$/;
/** Directories whose entries are named after containers. */
const containerParents = new Set(['lxc', 'machine']);
const systemdUnit = /^.+\.(?:service|scope)$/;

/** Reverses the escapes of systemd in ASCII: the machine `web-1` runs in `machine-web\x2d1.scope`. */
const unescapeUnit = (name: string): string =>
  name.replaceAll(/\\x([2-7][0-9a-f])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** Returns the name of the container of a cgroup path segment, or the first 12 digits of its ID, as container tools show it. */
const containerOf = (segment: string, parent: string | undefined): string | undefined => {
  if (monitor.test(segment)) return undefined;
  const id = containerId.exec(segment)?.[1] ?? lxcPayload.exec(segment)?.[1];
  if (id !== undefined) return id;
  const [, service, scope] = nspawn.exec(segment) ?? [];
  const name = service ?? scope;
  if (name !== undefined) return unescapeUnit(name);
  return parent !== undefined && containerParents.has(parent) ? segment : undefined;
};

/**
 * Returns the innermost container of a cgroup path, because containers run in containers, or else its innermost systemd
 * unit; undefined if it has neither.
 */
export const containerOrUnitOf = (cgroup: string): string | undefined => {
  const segments = cgroup.split('/').filter((segment) => segment !== '');
  for (let index = segments.length - 1; index >= 0; index--) {
    const container = containerOf(segments[index] as string, segments[index - 1]);
    if (container !== undefined) return `container ${container}`;
  }
  return segments.findLast((segment) => systemdUnit.test(segment));
};

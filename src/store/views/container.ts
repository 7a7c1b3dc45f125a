/** Container runtimes use an ID of 64 hexadecimal digits; the first twelve are shown, as their tools do. */
const containerId = /(?:^|[/:-])([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:\/|$)/;
const lxcName = /\/(?:lxc\.payload\.|lxc\/|machine\/)([^/]+)/;
const systemdUnit = /\/([^/]+\.(?:service|scope))(?:\/|$)/g;

/** Returns the container of a cgroup path, or else its innermost systemd unit; undefined if it has neither. */
export const containerOrUnitOf = (cgroup: string): string | undefined => {
  const [, container = lxcName.exec(cgroup)?.[1]] = containerId.exec(cgroup) ?? [];
  if (container !== undefined) return `container ${container}`;
  return [...cgroup.matchAll(systemdUnit)].at(-1)?.[1];
};

/** Runtimes name a container by 64 hexadecimal digits; people by the first twelve. */
const id = /(?:^|[/:-])([0-9a-f]{12})[0-9a-f]{52}(?:\.scope)?(?:\/|$)/;
const lxc = /\/(?:lxc\.payload\.|lxc\/|machine\/)([^/]+)/;
const unit = /\/([^/]+\.(?:service|scope))(?:\/|$)/g;

/** What a cgroup path says of where a process runs: a container, else the innermost unit of the service manager. */
export const placeOf = (cgroup: string): string | undefined => {
  const [, container = lxc.exec(cgroup)?.[1]] = id.exec(cgroup) ?? [];
  if (container !== undefined) return `container ${container}`;
  return [...cgroup.matchAll(unit)].at(-1)?.[1];
};

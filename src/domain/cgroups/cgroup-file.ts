/** A line of /proc/PID/cgroup: the path in one hierarchy, and the controllers or the name of the hierarchy. */
type Hierarchy = { isUnified: boolean; controllers: readonly string[]; path: string };

/** The kernel appends this to the path of a cgroup that was removed, as of a zombie. */
const removed = / \(deleted\)$/;

const parseLine = (line: string): Hierarchy[] => {
  const [, number, controllers = '', path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
  if (path === undefined) return [];
  const isUnified = number === '0' && controllers === '';
  return [
    {
      isUnified,
      controllers: controllers.split(','),
      path: isUnified ? path.replace(removed, '') || '/' : path,
    },
  ];
};

/**
 * Parses /proc/PID/cgroup. Returns the path in the hierarchy of systemd, of the controller `pids`, or in the unified one:
 * the first of these in which the process is not in the root, or else the longest path. Engines place containers in all
 * hierarchies of cgroup v1, but in hybrid mode not in the unified one. Returns undefined if the text has no path.
 */
export const parseCgroup = (text: string): string | undefined => {
  const hierarchies = text.split('\n').flatMap(parseLine);
  const preferred = [
    hierarchies.find(({ controllers }) => controllers.includes('name=systemd')),
    hierarchies.find(({ controllers }) => controllers.includes('pids')),
    hierarchies.find(({ isUnified }) => isUnified),
  ];
  const used = preferred.find((hierarchy) => hierarchy && hierarchy.path !== '/');
  return used?.path ?? hierarchies.map(({ path }) => path).toSorted((a, b) => b.length - a.length)[0];
};

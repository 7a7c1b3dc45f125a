import { type Observation, parseWaitStatus } from './observation.ts';

/**
 * A line of forkstat. Its time has a resolution of 1 s, so the lines are timestamped when they arrive.
 *
 *     21:22:37 fork   4505 child           bash
 *     21:22:37 exec   4505                 sleep
 *     21:22:37 comm   4505                 old -> new
 *     21:22:37 exit   4505      0   0.201s sleep
 *
 * The number in an exit line is the wait status.
 */
const linePattern = /^\d\d:\d\d:\d\d (fork|exec|exit|comm) +(\d+) (.*)$/;
const observationKinds = { fork: 'spawn', exec: 'exec', comm: 'exec', exit: 'exit' } as const;

/** Parses a line; undefined for headings and for the parent of a fork. */
export const parseForkstat = (text: string, ns: bigint): Observation | undefined => {
  const [, event, pid, rest] = linePattern.exec(text) ?? [];
  if (event === undefined || pid === undefined || rest === undefined) return undefined;
  if (event === 'fork' && !rest.startsWith('child')) return undefined;
  const name = rest.slice('child           '.length);
  const comm = event === 'comm' ? (/ -> (.*)$/.exec(rest)?.[1] ?? name) : nameOf(event, rest, name);
  const observation = {
    what: observationKinds[event as keyof typeof observationKinds],
    pid: Number(pid),
    comm,
    ns,
  };
  const status = event === 'exit' ? Number.parseInt(rest, 10) : Number.NaN;
  return Number.isNaN(status) ? observation : { ...observation, status: parseWaitStatus(status) };
};

/** Returns the comm. In an exit line it follows the status and the duration. */
const nameOf = (event: string, rest: string, name: string): string =>
  event === 'exit' ? (/^ *-?\d+ +(?:[\d.]+[a-z]*|unknown)? *(.*)$/.exec(rest)?.[1] ?? name) : name;

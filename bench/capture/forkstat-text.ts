import type { Observation } from './observation.ts';

/**
 * forkstat tells the time to the second; its lines are stamped as they arrive.
 *
 *     21:22:37 fork   4505 child           bash
 *     21:22:37 exec   4505                 sleep
 *     21:22:37 comm   4505                 old -> new
 *     21:22:37 exit   4505      0   0.201s sleep
 */
const line = /^\d\d:\d\d:\d\d (fork|exec|exit|comm) +(\d+) (.*)$/;
const whats = { fork: 'spawn', exec: 'exec', comm: 'exec', exit: 'exit' } as const;

export const parseForkstat = (text: string, ns: bigint): Observation | undefined => {
  const [, event, pid, rest] = line.exec(text) ?? [];
  if (event === undefined || pid === undefined || rest === undefined) return undefined;
  if (event === 'fork' && !rest.startsWith('child')) return undefined;
  const name = rest.slice('child           '.length);
  const comm = event === 'comm' ? (/ -> (.*)$/.exec(rest)?.[1] ?? name) : nameOf(event, rest, name);
  return { what: whats[event as keyof typeof whats], pid: Number(pid), comm, ns };
};

/** An exit's name follows its status and duration. */
const nameOf = (event: string, rest: string, name: string): string =>
  event === 'exit' ? (/^ *-?\d+ +(?:[\d.]+[a-z]*|unknown)? *(.*)$/.exec(rest)?.[1] ?? name) : name;

import { readFileSync } from 'node:fs';
import type { Accepts } from '../../domain/filter/filter.ts';
import type { UsersOf, Whose } from '../../domain/source/event-source.ts';
import { readFacts } from '../../proc/host-info.ts';
import { openProc } from '../../proc/reader.ts';
import { infoOf } from '../../trace/read/batches.ts';
import type { GuestOf } from '../../trace/read/trace-filter.ts';
import { printable } from '../../util/text.ts';
import { Refusal } from './errors.ts';

/** uid -> name from the lines of a passwd(5) file. */
export const parsePasswd = (text: string): Map<number, string> => {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
};

/** Names of this guest's users by number; empty where there is no passwd file. */
export const readUsers = (path = '/etc/passwd'): ReadonlyMap<number, string> => {
  try {
    return parsePasswd(readFileSync(path, 'utf8'));
  } catch {
    // A guest without accounts is no failure: numbers name its users.
    return new Map();
  }
};

/** Names of this guest's users, read once, when first asked for; numbers for all others. */
export const openUsers = (path?: string): ((uid: number) => string) => {
  let names: ReadonlyMap<number, string> | undefined;
  return (uid) => {
    names ??= readUsers(path);
    return names.get(uid) ?? String(uid);
  };
};

/**
 * The users of what is live and of traces that this very guest recorded since its last boot; of all other traces only
 * numbers are known: this machine's names for them would be lies.
 */
export const usersOf =
  (here: () => Whose, userName = openUsers()): UsersOf =>
  (whose) =>
    whose.trace === undefined || isSame(whose, here()) ? userName : undefined;

const isSame = ({ host, bootId }: Whose, here: Whose): boolean =>
  bootId !== 'unknown' && bootId === here.bootId && host === here.host;

/** `usersOf` for the machine this runs on. */
export const usersHere = (): UsersOf => usersOf(() => readFacts(openProc(), process.hrtime.bigint()));

/** The guest of each recorder. @throws Refusal for a filter that asks for what it does not tell */
export const guestsFor =
  ({ userName: asked, cgroup }: Accepts, users: UsersOf): GuestOf =>
  ({ header, file }) => {
    const { host, bootId, bootOffsetNs, cgroups } = infoOf(header);
    if (cgroup && !cgroups)
      throw new Refusal(
        printable(`${file}: recorded without --cgroups: no filter can ask for ${cgroup.text}`),
      );
    const userName = users({ host, bootId, trace: file });
    if (asked && !userName) {
      const where = header ? `recorded on ${host}, by another machine or before the last boot` : 'no header';
      throw new Refusal(
        printable(`${file}: ${where}: its users are known by number, as in user=1000, not as ${asked.text}`),
      );
    }
    return { bootOffsetNs, userName: userName ?? String };
  };

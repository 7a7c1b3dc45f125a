import { readFileSync } from 'node:fs';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { GuestIdentity, UserNameResolver } from '../../domain/source/event-source.ts';
import { readHostInfo } from '../../proc/host-info.ts';
import { openProcReader } from '../../proc/reader.ts';
import { sourceInfoOf } from '../../trace/read/batches.ts';
import type { GuestResolver } from '../../trace/read/trace-filter.ts';
import { printable } from '../../util/text.ts';
import { CliError } from './errors.ts';

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
export const readUserNames = (path = '/etc/passwd'): ReadonlyMap<number, string> => {
  try {
    return parsePasswd(readFileSync(path, 'utf8'));
  } catch {
    // A guest without accounts is no failure: numbers name its users.
    return new Map();
  }
};

/** Names of this guest's users, read once, when first asked for; numbers for all others. */
export const openUserNames = (path?: string): ((uid: number) => string) => {
  let names: ReadonlyMap<number, string> | undefined;
  return (uid) => {
    names ??= readUserNames(path);
    return names.get(uid) ?? String(uid);
  };
};

/**
 * The users of what is live and of traces that this very guest recorded since its last boot; of all other traces only
 * numbers are known: this machine's names for them would be lies.
 */
export const userNamesFor =
  (currentGuest: () => GuestIdentity, userName = openUserNames()): UserNameResolver =>
  (whose) =>
    whose.trace === undefined || isSameGuest(whose, currentGuest()) ? userName : undefined;

const isSameGuest = ({ host, bootId }: GuestIdentity, current: GuestIdentity): boolean =>
  bootId !== 'unknown' && bootId === current.bootId && host === current.host;

/** `usersOf` for the machine this runs on. */
export const localUserNames = (): UserNameResolver =>
  userNamesFor(() => readHostInfo(openProcReader(), process.hrtime.bigint()));

/** The guest of each recorder. @throws Refusal for a filter that asks for what it does not tell */
export const guestResolver =
  (
    { firstUserName: userNameTerm, firstCgroup }: CompiledFilter,
    userNames: UserNameResolver,
  ): GuestResolver =>
  ({ header, file }) => {
    const { host, bootId, bootOffsetNs, cgroups } = sourceInfoOf(header);
    if (firstCgroup && !cgroups)
      throw new CliError(
        printable(`${file}: recorded without --cgroups: no filter can ask for ${firstCgroup.text}`),
      );
    const userName = userNames({ host, bootId, trace: file });
    if (userNameTerm && !userName) {
      const where = header ? `recorded on ${host}, by another machine or before the last boot` : 'no header';
      throw new CliError(
        printable(
          `${file}: ${where}: its users are known by number, as in user=1000, not as ${userNameTerm.text}`,
        ),
      );
    }
    return { bootOffsetNs, userName: userName ?? String };
  };

import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { GuestIdentity, UserNameResolver } from '../../domain/source/event-source.ts';
import { readHostInfo } from '../../proc/host-info.ts';
import { openProcReader } from '../../proc/reader.ts';
import { sourceInfoOf } from '../../trace/read/batches.ts';
import type { GuestResolver } from '../../trace/read/trace-filter.ts';
import { printable } from '../../util/printable.ts';
import { CliError } from './errors.ts';

/** Parses a passwd(5) file into user names by UID. The first name of a UID counts, as in getpwuid(3). */
export const parsePasswd = (text: string): Map<number, string> => {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (name && uid && /^\d+$/.test(uid) && !names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
};

/** Reads the user names of this guest by UID. Empty if there is no passwd file. */
export const readUserNames = (path = '/etc/passwd'): ReadonlyMap<number, string> => {
  let fd: number | undefined;
  try {
    // If the path is a FIFO, a blocking open would wait for a writer.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return parsePasswd(readFileSync(fd, 'utf8'));
  } catch {
    // A guest may have no accounts. Users are shown as numbers.
    return new Map();
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};

/** Returns a lookup of user names by UID, which reads passwd at the first call. Unknown users are numbers. */
export const openUserNames = (path?: string): ((uid: number) => string) => {
  let names: ReadonlyMap<number, string> | undefined;
  return (uid) => {
    names ??= readUserNames(path);
    return names.get(uid) ?? String(uid);
  };
};

/**
 * Returns a resolver of user names for live data and for traces that this guest recorded since its last boot. The names
 * of this guest would be wrong for other traces.
 */
export const userNamesFor =
  (currentGuest: () => GuestIdentity, userName = openUserNames()): UserNameResolver =>
  (guest) =>
    guest.trace === undefined || isSameGuest(guest, currentGuest()) ? userName : undefined;

const isSameGuest = ({ host, bootId }: GuestIdentity, current: GuestIdentity): boolean =>
  bootId !== 'unknown' && bootId === current.bootId && host === current.host;

/** Returns `userNamesFor` this guest. */
export const localUserNames = (): UserNameResolver =>
  userNamesFor(() => readHostInfo(openProcReader(), process.hrtime.bigint));

/**
 * Returns a resolver of the guest of each recorder. `name` is the name under which the guest was given, if it was.
 * @throws CliError if the filter needs data that the trace lacks
 */
export const guestResolver =
  (
    { firstUserName, firstCgroup }: CompiledFilter,
    userNames: UserNameResolver,
    name?: string,
  ): GuestResolver =>
  ({ header, file }) => {
    const { host, bootId, bootOffsetNs, cgroups } = sourceInfoOf(header);
    if (firstCgroup && !cgroups)
      throw new CliError(
        printable(
          `${file}: recorded without --record-cgroups, cannot filter by ${firstCgroup.field} "${firstCgroup.text}"`,
        ),
      );
    const userName = userNames({ host, bootId, trace: file });
    if (firstUserName && !userName) {
      const origin = header ? `recorded on ${host}, on another machine or before the last boot` : 'no header';
      throw new CliError(
        printable(
          `${file}: ${origin}, cannot filter by user name "${firstUserName.text}" (expected a number, user=1000)`,
        ),
      );
    }
    return { host: name ?? host, bootOffsetNs, userName: userName ?? String };
  };

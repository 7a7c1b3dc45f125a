import { stat } from 'node:fs/promises';
import type { HeaderRecord } from '../../domain/events/record.ts';
import { readHeader, sortByHeaderTime } from '../../trace/read/read-traces.ts';

/** A guest and its recordings, oldest first. */
export type GuestFiles = {
  id: string;
  paths: readonly string[];
  /** Host name in the first header. */
  host: string | undefined;
  /** Whether `id` is the name in `NAME=FILE`. */
  isNamed: boolean;
};

/** A guest name and a path, as in `web1=/var/log/churn.ndjson`. A path with a slash before `=` has no name. */
const namedOperand = /^([^=/]+)=(.+)$/;

/** Splits `NAME=FILE`. An operand without a name, or that is the path of a file as a whole, has none. */
const parseOperand = async (operand: string): Promise<{ name: string | undefined; path: string }> => {
  const [, name, path] = namedOperand.exec(operand) ?? [];
  if (name === undefined || path === undefined) return { name: undefined, path: operand };
  const isFile = await stat(operand).then(
    () => true,
    () => false,
  );
  return isFile ? { name: undefined, path: operand } : { name, path };
};

/** Returns a key that differs between guests, but not between boots of one guest. */
const guestKey = ({ host, pid_ns }: HeaderRecord): string => JSON.stringify([host, pid_ns]);

/**
 * Groups recordings by guest: by the name in `NAME=FILE`, or else by the host and the PID namespace in the header. If a
 * file without a name has no header, or can be read only once, those without a name are of one guest.
 * @throws the file system's error, with its path
 */
export const groupByGuest = async (operands: readonly string[]): Promise<GuestFiles[]> => {
  const files: { name: string | undefined; path: string; header: HeaderRecord | undefined }[] = [];
  for (const operand of operands) {
    const { name, path } = await parseOperand(operand);
    const header = (await stat(path)).isFile() ? await readHeader(path) : undefined;
    files.push({ name, path, header });
  }
  const areHostsKnown = files.every(({ name, header }) => name !== undefined || header);
  const groups = new Map<string, { name: string | undefined; host: string | undefined; paths: string[] }>();
  for (const { name, path, header } of files) {
    const hostKey = header && areHostsKnown ? `host ${guestKey(header)}` : 'host';
    const key = name === undefined ? hostKey : `name ${name}`;
    const group = groups.get(key) ?? { name, host: header?.host, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  const ids = new Set<string>();
  const guests: GuestFiles[] = [];
  for (const { name, host, paths } of groups.values()) {
    const id = uniqueId(name ?? host ?? 'unknown', ids);
    guests.push({ id, host, isNamed: name !== undefined, paths: await sortByHeaderTime(paths) });
  }
  return guests;
};

/** Returns a name that is not in use, and adds it: two containers may have the same host name. */
const uniqueId = (name: string, ids: Set<string>): string => {
  let id = name;
  for (let count = 2; ids.has(id); count++) id = `${name}-${count}`;
  ids.add(id);
  return id;
};

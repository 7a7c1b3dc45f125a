import { stat } from 'node:fs/promises';
import type { HeaderRecord } from '../../domain/events/record.ts';
import { readHeader, sortByHeaderTime } from '../../trace/read/read-traces.ts';

/** A guest and its recordings, oldest first. `host` is the host name in the first header. */
export type GuestFiles = { id: string; paths: readonly string[]; host: string | undefined };

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
 * Groups recordings by guest: by the name in `NAME=FILE`, or else by the host and the PID namespace in the header. Files
 * that can be read only once, and those without a header, belong to one guest without a known host.
 * @throws the file system's error, with its path
 */
export const groupByGuest = async (operands: readonly string[]): Promise<GuestFiles[]> => {
  const groups = new Map<string, { name: string | undefined; host: string | undefined; paths: string[] }>();
  for (const operand of operands) {
    const { name, path } = await parseOperand(operand);
    const header = path !== '-' && (await stat(path)).isFile() ? await readHeader(path) : undefined;
    const key = name === undefined ? `host ${header ? guestKey(header) : ''}` : `name ${name}`;
    const group = groups.get(key) ?? { name, host: header?.host, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  }
  const ids = new Set<string>();
  const guests: GuestFiles[] = [];
  for (const { name, host, paths } of groups.values()) {
    const id = uniqueId(name ?? host ?? 'unknown', ids);
    guests.push({ id, host, paths: await sortByHeaderTime(paths) });
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

import { readFileSync } from 'node:fs';

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

/** Names of this guest's users, read once; numbers for all others. */
export const openUsers = (path?: string): ((uid: number) => string) => {
  const names = readUsers(path);
  return (uid) => names.get(uid) ?? String(uid);
};

import { toToken } from '../server/subjects.ts';

/** Parses `web1,db*` into a test of names as they are in subjects. `*` stands for any characters. */
export const guestMatcher = (names: readonly string[] | undefined): ((guest: string) => boolean) => {
  if (names === undefined || names.length === 0) return () => true;
  const patterns = names.map((name) => new RegExp(`^${name.split('*').map(toPattern).join('.*')}$`));
  return (guest) => patterns.some((pattern) => pattern.test(guest));
};

const toPattern = (part: string): string => (part === '' ? '' : toToken(part).replaceAll('-', '\\-'));

/** Returns the token of the only guest, which the server then filters by; `*` for several. */
export const guestToken = (names: readonly string[] | undefined): string => {
  const [first] = names ?? [];
  return names?.length === 1 && first !== undefined && !first.includes('*') ? toToken(first) : '*';
};

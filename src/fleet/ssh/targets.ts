/** A guest to connect to: its name in the fleet, and the name that the transport connects to. */
export type Target = { id: string; address: string };

/** A target that cannot be used. The message quotes it. */
export class TargetError extends Error {}

/** A name that a program would not read as an option, and that fits in one argument. */
const addressPattern = /^[^-\s\p{Cc}][^\s\p{Cc}]*$/u;

/** Returns the lines of a list of hosts, without comments and blank lines. */
const hostsOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');

/** Returns the host of an address: `web2` of `root@web2` and of `ssh://root@web2:2222`. */
const hostOf = (address: string): string =>
  address
    .replace(/^ssh:\/\//, '')
    .replace(/^.*@/, '')
    .replace(/\/$/, '') || address;

/** Names targets by their hosts, or by their whole address if two have the same host. */
const named = (addresses: readonly string[]): Target[] => {
  const counts = new Map<string, number>();
  for (const host of addresses.map(hostOf)) counts.set(host, (counts.get(host) ?? 0) + 1);
  return addresses.map((address) => {
    const host = hostOf(address);
    return { id: counts.get(host) === 1 ? host : address, address };
  });
};

/**
 * Parses targets, separated by commas: `web1,root@web2,@hosts.txt`. `@FILE` is a file with one target a line and comments
 * after `#`. A target that is given twice counts once.
 * @throws TargetError, and the error of `readFile`
 */
export const parseTargets = (
  lists: readonly string[],
  readFile: (path: string) => string,
): readonly Target[] => {
  const addresses = lists
    .flatMap((list) => list.split(','))
    .map((each) => each.trim())
    .flatMap((each) => (each.startsWith('@') ? hostsOf(readFile(each.slice(1))) : [each]));
  const wrong = addresses.find((address) => !addressPattern.test(address));
  if (wrong !== undefined)
    throw new TargetError(`invalid host "${wrong}" (expected web1, root@web2 or @FILE)`);
  if (addresses.length === 0) throw new TargetError('no host (expected web1, root@web2 or @FILE)');
  return named([...new Set(addresses)]);
};

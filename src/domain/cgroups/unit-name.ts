/** The types of systemd units that have a cgroup, besides slices. */
const unitName = /^[\w:.\\@-]{1,248}\.(?:service|scope|socket|mount|swap)$/;
const sliceName = /^[\w:.\\@-]{1,249}\.slice$/;
const escapedBytes = /(?:\\x[0-9a-f]{2})+/g;

export const isUnitName = (segment: string): boolean => unitName.test(segment);
export const isSliceName = (segment: string): boolean => sliceName.test(segment);

/**
 * Removes the `_` that systemd adds to names that the kernel uses for files of a cgroup. The unit `cpu.service` has the
 * cgroup `_cpu.service`.
 */
export const unescapeSegment = (segment: string): string =>
  segment.startsWith('_') ? segment.slice(1) : segment;

/**
 * Decodes the escapes of systemd: `machine-web\x2d1.scope` is `machine-web-1.scope`. Leaves escapes of control and format
 * characters and of invalid UTF-8 as they are.
 */
export const decodeUnitName = (name: string): string =>
  name.includes('\\x') ? name.replaceAll(escapedBytes, (escapes) => decodeBytes(escapes) ?? escapes) : name;

const decodeBytes = (escapes: string): string | undefined => {
  const bytes = escapes
    .slice(2)
    .split('\\x')
    .map((digits) => Number.parseInt(digits, 16));
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
    return /\p{C}|\p{Zl}|\p{Zp}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
};

import { maxHeaderBytes } from '../../../trace/format/header-line.ts';
import { parseRfc3339 } from '../../../util/time.ts';

/** Age of the oldest recorders that are published, ns: the stream retains 24 hours, too. */
const maxAgeNs = 24n * 3_600_000_000_000n;

/** Returns whether the header that begins the lines was written within 24 hours before `nowNs`, or later. */
export const hasRecentHeader = (lines: Uint8Array, nowNs: bigint): boolean => {
  const [header = ''] = Buffer.from(lines.subarray(0, maxHeaderBytes)).toString().split('\n', 1);
  const realtime = /"realtime":"([^"]+)"/.exec(header)?.[1] ?? '';
  return (parseRfc3339(realtime) ?? 0n) > nowNs - maxAgeNs;
};

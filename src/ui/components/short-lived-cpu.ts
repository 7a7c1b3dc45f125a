import type { Snapshot } from '../../store/snapshot.ts';
import type { Theme } from '../theme/theme.ts';

/** The load and the CPU usage of short-lived processes are always shown from this width on. */
const wideColumns = 120;
/** On narrower screens it takes the space of the failures: if it is this much, in cores, and they are fewer per minute. */
const minCores = 0.1;
const manyFailures = 10;

/**
 * Returns the load, and how many cores the short-lived processes of the last seconds used:
 * `load 1.20  short-lived CPU 0.61 core  `. On a narrow screen without the load, and only if it is more important than the
 * failures. Empty for a trace.
 */
export const shortLivedCpuText = (
  { system, status, info, view }: Snapshot,
  { failures, theme: { paint } }: { failures: number; theme: Theme },
): string => {
  if (info.trace !== undefined) return '';
  const cores = system.childrenCpu.shortLived.perSecond() / 1e9;
  const text = `${paint('label', 'short-lived CPU')} ${cores.toFixed(2)}`;
  if (view.size.columns < wideColumns) return cores < minCores || failures >= manyFailures ? '' : `${text}  `;
  const load = status?.load === undefined ? '' : `${paint('label', 'load')} ${status.load.toFixed(2)}  `;
  return `${load}${text} core  `;
};

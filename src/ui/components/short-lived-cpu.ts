import type { Snapshot } from '../../store/snapshot.ts';
import type { Theme } from '../theme/theme.ts';

/** The load and the CPU usage of short-lived processes are shown from this width on. */
const minColumns = 120;

/**
 * Returns the load, and how many cores the short-lived processes of the last seconds used:
 * `load 1.20  short-lived CPU 0.61 core  `. Empty on a narrow screen, and for a trace.
 */
export const shortLivedCpuText = ({ system, status, info, view }: Snapshot, { paint }: Theme): string => {
  if (view.size.columns < minColumns || info.trace !== undefined) return '';
  const cores = system.childrenCpu.shortLived.perSecond() / 1e9;
  const load = status?.load === undefined ? '' : `${paint('label', 'load')} ${status.load.toFixed(2)}  `;
  return `${load}${paint('label', 'short-lived CPU')} ${cores.toFixed(2)} core  `;
};

import { alertText } from '../domain/alerts/text.ts';
import { printable } from '../domain/printable.ts';
import { grouped, shortDuration } from '../domain/text.ts';
import type { Snapshot } from '../store/store.ts';
import { inCells, visibleWidth } from './cells.ts';
import type { Theme } from './theme.ts';

/** `! spawn_rate(comm) cron 62.0/s > 50 · going on for 34s  +2 more`: of the alerts that hold the newest, and how many others do. */
export const alertLine = ({ world, status, view }: Snapshot, { paint }: Theme): string | undefined => {
  const [newest] = world.raised.list();
  if (!newest) return undefined;
  const others = world.raised.size - 1 + (status?.alertsHeldBack ?? 0);
  const more = others > 0 ? ` +${grouped(others)} more` : '';
  const room = view.size.columns - visibleWidth(more);
  const text = printable(`! ${alertText(newest)}`);
  // On a narrow screen what it is about matters more than since when.
  const dated = `${text} · going on for ${shortDuration(world.nowNs - newest.since_monotonic_ns)}`;
  return paint('error', inCells(visibleWidth(dated) <= room ? dated : text, room) + more);
};

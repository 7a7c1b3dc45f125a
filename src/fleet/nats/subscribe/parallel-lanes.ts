/** When the server stored the first and the last message of a recorder, ns since the epoch. */
export type RecorderSpan = { recorder: string; fromNs: bigint; untilNs: bigint };

/**
 * Separates the recorders of one name into guests: those that were active at the same time are of several. Returns the
 * recorders of each guest, oldest first.
 */
export const parallelLanes = (spans: readonly RecorderSpan[]): string[][] => {
  const lanes: { recorders: string[]; untilNs: bigint }[] = [];
  for (const { recorder, fromNs, untilNs } of spans.toSorted((a, b) => Number(a.fromNs - b.fromNs))) {
    const free = lanes.find((lane) => lane.untilNs <= fromNs);
    if (free) {
      free.recorders.push(recorder);
      free.untilNs = untilNs;
    } else lanes.push({ recorders: [recorder], untilNs });
  }
  return lanes.map(({ recorders }) => recorders);
};

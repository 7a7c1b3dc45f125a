import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packLanes } from '../../../src/domain/views/lanes.ts';

test('packLanes packs each lifespan once, and no two in a lane overlap', () => {
  const lifespan = fc.record({
    comm: fc.constantFrom('a', 'b'),
    fromNs: fc.nat(50).map(BigInt),
    lengthNs: fc.option(fc.nat(20), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(lifespan, { maxLength: 60 }), (given) => {
      const lifespans = given
        .map(({ comm, fromNs, lengthNs }, pid) => ({
          pid,
          startTicks: pid,
          comm,
          fromNs,
          startKnown: true,
          toNs: lengthNs === undefined ? undefined : fromNs + BigInt(lengthNs),
          zombieSinceNs: undefined,
          failed: false,
        }))
        .sort((a, b) => Number(a.fromNs - b.fromNs));
      const lanes = [...packLanes(lifespans).values()].flat();
      const packed = lanes.flatMap((lane) => lane.lifespans.map((lifespan) => lifespan.pid));
      expect(packed.toSorted((a, b) => a - b)).toEqual(
        lifespans.map((lifespan) => lifespan.pid).toSorted((a, b) => a - b),
      );
      for (const lane of lanes) {
        expect(lane.lifespans.length).toBeGreaterThan(0);
        for (const [index, lifespan] of lane.lifespans.entries()) {
          expect(lifespan.comm).toBe(lane.comm);
          const next = lane.lifespans[index + 1];
          if (next) expect(next.fromNs).toBeGreaterThanOrEqual(lifespan.toNs ?? 1_000n);
        }
      }
    }),
  );
});

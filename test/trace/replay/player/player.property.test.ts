import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplayCommand } from '../../../../src/domain/source/replay-control.ts';
import { arbitraryTrace, comparableState, replayFromStart } from '../../../support/harness/replay.ts';
import { history, openPlayer } from './player-fixture.ts';

test('Player shows the state of applying all records up to its position, for any commands', () => {
  const command: fc.Arbitrary<ReplayCommand | { turn: number }> = fc.oneof(
    fc.record({ type: fc.constant('step' as const), events: fc.integer({ min: -5, max: 5 }) }),
    fc.record({ type: fc.constant('scrubTo' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      type: fc.constant('scrubBy' as const),
      share: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    }),
    fc.record({
      type: fc.constant('seekLandmark' as const),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({
      type: fc.constant('seekComm' as const),
      comm: fc.constantFrom('sh', 'cc1', 'a"b', '漢字'),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({
      type: fc.constant('seekPid' as const),
      pid: fc.integer({ min: 1, max: 12 }),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({ turn: fc.integer({ min: 50, max: 3000 }) }),
  );
  return fc.assert(
    fc.asyncProperty(arbitraryTrace, fc.array(command, { maxLength: 6 }), async (texts, commands) => {
      const { files, clock, player, store, run, world, status } = await openPlayer(texts);
      for (const each of commands) {
        if ('turn' in each) {
          await run({ type: 'togglePlay' });
          await clock.advance(each.turn);
          if (status().playing) await run({ type: 'togglePlay' });
        } else await run(each);
        expect(store.getSnapshot().ended).toBeUndefined();
      }
      // Several states can have the same time, with a different number of events.
      const { positionNs } = status();
      const shown = comparableState(world());
      const candidates = [await replayFromStart(files, { kind: 'time', atNs: positionNs }, history)];
      for (let events = player.replay.status() ? 1 : 0; events <= candidates[0]!.events; events++)
        candidates.push(await replayFromStart(files, { kind: 'event', events }, history));
      candidates.push(await replayFromStart(files, { kind: 'start' }, history));
      expect(candidates.map((fold) => JSON.stringify(comparableState(fold.systemState), bigints))).toContain(
        JSON.stringify(shown, bigints),
      );
      await player.stop();
    }),
    { numRuns: 60 },
  );
});

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);

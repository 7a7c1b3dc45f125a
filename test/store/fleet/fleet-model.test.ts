import { expect, test } from 'vitest';
import type { GuestSummary } from '../../../src/domain/fleet/guest-summary.ts';
import { FleetModel } from '../../../src/store/fleet/fleet-model.ts';
import { detailsOf, FakeFleet, guestOf } from '../../support/fakes/fake-fleet.ts';
import { alert, seconds } from '../../support/fixtures/events.ts';

const view = { paused: false, activeView: 'hosts', focusedGuest: undefined } as const;
const dataOf = (guests: readonly GuestSummary[], details = {}) =>
  new FleetModel(new FakeFleet(guests, details).fleet, () => 0).dataFor(view);

test('missed tasks are unknown while no guest counts them, and not 0', () => {
  const missedOn = (...counts: (number | undefined)[]) =>
    dataOf(counts.map((missed, index) => guestOf(`web${index}`, { missed }))).totals.missed;
  expect(missedOn()).toBeUndefined();
  expect(missedOn(undefined, undefined)).toBeUndefined();
  expect(missedOn(undefined, 0)).toBe(0);
  expect(missedOn(3, undefined, 4)).toBe(7);
});

test('alerts are newest first; those that are known by number only are last, without a time', () => {
  const guests = ['web1', 'web2', 'web3'].map((id) => guestOf(id, { alerts: 1 }));
  const details = {
    web1: detailsOf('web1', { alerts: [alert('zombies>5', 40)] }),
    web2: detailsOf('web2', { alerts: [] }),
    web3: detailsOf('web3', { alerts: [alert('zombies>5', 60)] }),
  };
  expect(dataOf(guests, details).alerts).toMatchObject([
    { host: 'web3', heldNs: seconds(42) },
    { host: 'web1', heldNs: seconds(62) },
    { host: 'web2', alert: undefined, heldNs: undefined, sinceWallNs: undefined },
  ]);
});

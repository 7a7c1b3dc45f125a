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

test('the alert list has at most 1,000 alerts, the newest first', () => {
  const ids = ['web1', 'web2', 'web3', 'web4', 'web5'];
  const alertsOf = (guest: number) =>
    Array.from({ length: 240 }, (_, index) => alert(`rule${index}`, 10 + guest * 1000 - index));
  const rows = ids.map((id) => guestOf(id, { alerts: 240 }));
  const details = Object.fromEntries(
    ids.map((id, index) => [id, detailsOf(id, { alerts: alertsOf(index) })]),
  );
  const { alerts, totals } = dataOf(rows, details);
  expect(alerts).toHaveLength(1000);
  expect(alerts[0]).toMatchObject({ host: 'web5', alert: { rule: 'rule0' } });
  expect(totals.alerts).toBe(1200);
});

test('the data are the same until the source returns other rows', () => {
  const { fleet } = new FakeFleet(['web1', 'web2'].map((id) => guestOf(id)));
  let guests = fleet.guests();
  const model = new FleetModel({ ...fleet, guests: () => guests });
  const first = model.dataFor(view);
  model.markChanged();
  expect(model.dataFor(view)).toBe(first);
  guests = guests.slice(0, 1);
  model.markChanged();
  expect(model.dataFor(view)).toMatchObject({ guests, totals: { guests: 1 } });
  model.markChanged();
  expect(model.dataFor({ ...view, activeView: 'churn' }).comms.byHost).toHaveLength(1);
});

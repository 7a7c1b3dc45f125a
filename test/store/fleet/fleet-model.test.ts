import { expect, test } from 'vitest';
import { FleetModel } from '../../../src/store/fleet/fleet-model.ts';
import { detailsOf, FakeFleet, guestOf } from '../../support/fakes/fake-fleet.ts';
import { alert } from '../../support/fixtures/events.ts';

test('the alert list has at most 1,000 alerts, the newest first', () => {
  const ids = ['web1', 'web2', 'web3', 'web4', 'web5'];
  const alertsOf = (guest: number) =>
    Array.from({ length: 240 }, (_, index) => alert(`rule${index}`, 10 + guest * 1000 - index));
  const rows = ids.map((id) => guestOf(id, { alerts: 240 }));
  const details = Object.fromEntries(
    ids.map((id, index) => [id, detailsOf(id, { alerts: alertsOf(index) })]),
  );
  const model = new FleetModel(new FakeFleet(rows, details).fleet);
  const { alerts, totals } = model.dataFor({ paused: false, activeView: 'hosts', focusedGuest: undefined });
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

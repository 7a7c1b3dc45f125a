import { expect, test } from 'vitest';
import { FleetModel } from '../../../src/store/fleet/fleet-model.ts';
import { mixedFleet } from '../../support/fakes/fake-fleet.ts';

const hosts = { paused: false, activeView: 'hosts', focusedGuest: undefined } as const;

test('the model returns the same data until the source returns other rows', () => {
  const { fleet } = mixedFleet();
  let guests = fleet.guests();
  const model = new FleetModel({ ...fleet, guests: () => guests });
  const first = model.dataFor(hosts);
  model.markChanged();
  expect(model.dataFor(hosts)).toBe(first);
  guests = guests.slice(0, 1);
  model.markChanged();
  expect(model.dataFor(hosts)).toMatchObject({ guests, totals: { guests: 1 } });
  model.markChanged();
  expect(model.dataFor({ ...hosts, activeView: 'churn' }).comms.byHost).toHaveLength(1);
});

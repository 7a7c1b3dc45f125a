import { vi } from 'vitest';
import { Store } from '../../../src/store/store.ts';
import { App } from '../../../src/ui/app.tsx';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { type FakeFleet, mixedFleet } from '../fakes/fake-fleet.ts';
import { renderOn } from '../fakes/fake-terminal.ts';

type FleetAppOptions = { columns?: number; rows?: number; ascii?: boolean; fleet?: FakeFleet };

/** Starts the app on a fake terminal, with a fake fleet. Every change is drawn immediately. */
export const startFleetApp = ({
  columns = 80,
  rows = 24,
  ascii = false,
  fleet = mixedFleet(),
}: FleetAppOptions = {}) => {
  const size = { columns, rows };
  let nowMs = 0;
  const store = new Store({
    info: fleet.info,
    fleet: fleet.fleet,
    size,
    usersOf: () => String,
    nowMs: () => nowMs,
  });
  const theme = createTheme({ color: true, ascii });
  const app = renderOn(<App source={fleet} store={store} theme={theme} stopSelf={async () => {}} />, size);
  return {
    ...app,
    fleet,
    store,
    view: () => store.getSnapshot().view,
    lines: () => app.screen().split('\n'),
    /** Types keys, and waits until the screen contains the text. */
    press: async (keys: string, shows: string | RegExp) => {
      for (const key of keys) app.type(key);
      await vi.waitFor(() => {
        if (!new RegExp(shows).test(app.screen())) throw new Error(`${shows} is not in:\n${app.screen()}`);
      });
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};

export type FleetApp = ReturnType<typeof startFleetApp>;

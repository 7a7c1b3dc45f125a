import { afterEach, expect, test } from 'vitest';
import { Store } from '../../../src/store/store.ts';
import { Footer } from '../../../src/ui/components/footer.tsx';
import { ThemeProvider } from '../../../src/ui/theme/context.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { printable } from '../../../src/util/text.ts';
import { sourceInfo } from '../../support/fixtures/events.ts';
import { renderOn } from '../../support/fakes/fake-terminal.ts';

const open: { unmount: () => void }[] = [];
afterEach(() => {
  for (const app of open.splice(0)) app.unmount();
});

test.each(['\x1b]0;owned\x07', '\x1b[2J', 'a\nb\nc', 'c1\u009b31m', '\u202eevil'])(
  'a filter %j that is in force is inert on screen',
  (filter) => {
    const size = { columns: 120, rows: 24 };
    const store = new Store({ info: sourceInfo, size, filter });
    const app = renderOn(
      <ThemeProvider value={{ theme: createTheme({ color: false }) }}>
        <Footer snapshot={store.getSnapshot()} />
      </ThemeProvider>,
      size,
    );
    open.push(app);
    expect(app.screen().split('\n')).toHaveLength(1);
    expect(app.screen()).toContain(`filter: ${printable(filter)}`);
    // Our own colours apart.
    expect(app.painted().replaceAll(/\x1b\[[0-9;]*m/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  },
);

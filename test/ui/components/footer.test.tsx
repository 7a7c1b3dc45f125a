import { expect, test } from 'vitest';
import { Store } from '../../../src/store/store.ts';
import { Footer } from '../../../src/ui/components/footer.tsx';
import { ThemeProvider } from '../../../src/ui/theme/context.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { printable } from '../../../src/util/printable.ts';
import { renderOn } from '../../support/fakes/fake-terminal.ts';
import { sourceInfo } from '../../support/fixtures/events.ts';

test.each(['\x1b]0;owned\x07', '\x1b[2J', 'a\nb\nc', 'c1\u009b31m', '\u202eevil'])(
  'the active filter %j is sanitized on screen',
  (filter) => {
    const size = { columns: 120, rows: 24 };
    const store = new Store({ info: sourceInfo, size, filter });
    const app = renderOn(
      <ThemeProvider value={createTheme({ color: false })}>
        <Footer snapshot={store.getSnapshot()} />
      </ThemeProvider>,
      size,
    );
    expect(app.screen().split('\n')).toHaveLength(1);
    expect(app.screen()).toContain(`filter: ${printable(filter)}`);
    // Only the program's own escape sequences.
    expect(app.painted().replaceAll(/\x1b\[[0-9;]*m/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
  },
);

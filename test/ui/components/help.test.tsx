import { expect, test } from 'vitest';
import { helpHeight } from '../../../src/store/keys/help.ts';
import { keyLabel } from '../../../src/store/keys/key-names.ts';
import { bindingsFor } from '../../../src/store/keys/keymap.ts';
import { Store } from '../../../src/store/store.ts';
import { Help } from '../../../src/ui/components/help.tsx';
import { renderOn } from '../../support/fakes/fake-terminal.ts';
import { sourceInfo } from '../../support/fixtures/events.ts';

const helpOn = (rows: number, scroll = 0, columns = 80) => {
  const size = { columns, rows };
  const store = new Store({ info: sourceInfo, size });
  store.dispatch({ type: 'openHelp' });
  store.dispatch({ type: 'scrollHelp', rows: scroll });
  return renderOn(<Help snapshot={store.getSnapshot()} />, size).screen();
};

test('the help lists every key with its description', () => {
  const lines = helpOn(250).split('\n');
  for (const { keys, help } of bindingsFor('live').filter((binding) => binding.help !== '')) {
    const words = `${keys.map(keyLabel).join(' ')}  ${help}`;
    expect(lines.map((line) => line.trim())).toContain(words);
  }
});

test('the help has two columns on a wide screen', () => {
  const screen = helpOn(100, 1000, 200);
  const lines = screen.split('\n');
  for (const { keys, help } of bindingsFor('live').filter((binding) => binding.help !== ''))
    expect(screen).toContain(`${keys.map(keyLabel).join(' ')}  ${help}`.trimEnd());
  expect(lines[0]).toMatch(/^On the screen {80,}\S.*$/);
  expect(screen).toContain('not attested by the kernel');
  expect(lines.at(-1)).not.toContain(' of ');
});

test('the help shows its last line and its position when scrolled to the end', () => {
  const screen = helpOn(24, 1000);
  const length = helpHeight('live', 80);
  expect(screen).toContain('not attested by the kernel');
  expect(screen).toContain(`${length - 21}–${length} of ${length}`);
});

test('the help starts with the legend', () => {
  const lines = helpOn(24).split('\n');
  expect(lines[0]?.trim()).toBe('On the screen');
  expect(lines[1]).toMatch(/^ +\+ {2}spawned/);
});

import { expect, test } from 'vitest';
import type { FlagValues } from '../../../src/cli/args/flags.ts';
import { liveOptions, natsUrlOf } from '../../../src/cli/commands/context.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const readsArgs = (text: string, readsScreenFields: boolean): boolean | undefined => {
  const filter = filterOf(text);
  return liveOptions({} as FlagValues, filter, readsScreenFields).readArgs;
};

test('a filter with bare words reads no arguments, except for the screen', () => {
  expect(readsArgs('nginx !sh', false)).toBe(false);
  expect(readsArgs('nginx cmd~worker', false)).toBe(true);
  expect(readsArgs('args~worker', false)).toBe(true);
  expect(readsArgs('nginx !sh', true)).toBe(true);
});

test('a NATS URL next to files is refused without its secret', () => {
  const files = ['a.ndjson', 'nats://user:secret@host'];
  expect(() => natsUrlOf(files)).toThrow('nats://…@host: cannot be combined with files');
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gapReasons } from '../../../src/domain/events/event.ts';
import { type FieldSpec, type RecordSource, recordFields } from '../../../src/trace/format/schema.ts';

const text = readFileSync('docs/reference/trace-format.md', 'utf8');

/** Tables by the heading they stand under: key and kind of each row. */
const tables = new Map(
  text
    .split(/^#+ /m)
    .map((part) => [
      part.split('\n')[0] as string,
      [...part.matchAll(/^\| `(\w+)` \| (\S+) \|/gm)].map(([, key, kind]) => `${key} ${kind}`),
    ]),
);

test.each(Object.keys(recordFields) as RecordSource[])(
  'docs/reference/trace-format.md tells the fields of %s',
  (source) => {
    const fields = Object.entries<FieldSpec>(recordFields[source]);
    expect(tables.get(source)).toEqual(
      fields.map(([key, { kind, optional }]) => `${key} ${kind}${optional ? '?' : ''}`),
    );
  },
);

test('it tells every record, every kind and every reason, and no other', () => {
  expect([...tables.keys()].filter((name) => /^(process|trace)\./.test(name))).toEqual(
    Object.keys(recordFields),
  );
  const kinds = Object.values(recordFields).flatMap((fields) =>
    Object.values<FieldSpec>(fields).map(({ kind }) => kind),
  );
  const told = [...(text.split('## Kinds')[1] as string).matchAll(/^\| (\w+) \| (?!on the line)/gm)];
  expect(told.map(([, kind]) => kind).toSorted()).toEqual([...new Set(kinds)].toSorted());
  for (const reason of gapReasons) expect(text).toContain(`\`${reason}\`:`);
});

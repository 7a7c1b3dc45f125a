import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gapReasons } from '../../../src/domain/events/event.ts';
import { type FieldSpec, type RecordSource, recordFields } from '../../../src/trace/format/schema.ts';

const text = readFileSync('docs/reference/trace-format.md', 'utf8');

/** Key and kind of each row, by the heading of the table. */
const tables = new Map(
  text
    .split(/^#+ /m)
    .map((part) => [
      part.split('\n')[0] as string,
      [...part.matchAll(/^\| `(\w+)` \| (\S+) \|/gm)].map(([, key, kind]) => `${key} ${kind}`),
    ]),
);

test.each(Object.keys(recordFields) as RecordSource[])(
  'docs/reference/trace-format.md lists the fields of %s',
  (source) => {
    const fields = Object.entries<FieldSpec>(recordFields[source]);
    expect(tables.get(source)).toEqual(
      fields.map(([key, { kind, optional }]) => `${key} ${kind}${optional ? '?' : ''}`),
    );
  },
);

test('docs/reference/trace-format.md lists every record, kind and gap reason, and no other', () => {
  expect([...tables.keys()].filter((name) => /^(process|trace)\./.test(name))).toEqual(
    Object.keys(recordFields),
  );
  const kinds = Object.values(recordFields).flatMap((fields) =>
    Object.values<FieldSpec>(fields).map(({ kind }) => kind),
  );
  const listed = [...(text.split('## Kinds')[1] as string).matchAll(/^\| (\w+) \| (?!on the line)/gm)];
  expect(listed.map(([, kind]) => kind).toSorted()).toEqual([...new Set(kinds)].toSorted());
  for (const reason of gapReasons) expect(text).toContain(`\`${reason}\`:`);
});

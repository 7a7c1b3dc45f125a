import type { Operator } from './ast.ts';
import {
  choiceType,
  descentType,
  durationType,
  type FieldType,
  numberType,
  textType,
  userType,
  type ValueError,
} from './field-types.ts';
import { eventNames, type FilterSubject } from './subject.ts';

/** A fact by which to filter. Parser, completion, documentation and errors are drawn from the table of them. */
export type FilterField = {
  name: string;
  help: string;
  example: string;
  operators: readonly Operator[];
  expected: string;
  suggest: (typed: string) => readonly string[];
  compile: (
    operator: Operator,
    values: readonly string[],
  ) => { ok: true; test: (subject: FilterSubject) => boolean } | ValueError;
};

type FieldDefinition<T> = Pick<FilterField, 'name' | 'help' | 'example'> & {
  type: FieldType<T>;
  /** Undefined: not known. */
  read: (subject: FilterSubject) => T | undefined;
};

/** The one place where an unknown fact makes a comparison false. */
const defineField = <T>({ type, read, ...words }: FieldDefinition<T>): FilterField => ({
  ...words,
  operators: type.operators,
  expected: type.expected,
  suggest: type.suggest,
  compile: (operator, values) => {
    const compiled = type.compile(operator, values);
    if (!compiled.ok) return compiled;
    const { test } = compiled;
    return {
      ok: true,
      test: (subject) => {
        const fact = read(subject);
        return fact !== undefined && test(fact);
      },
    };
  },
});

export const filterFields: readonly FilterField[] = [
  defineField({
    name: 'comm',
    help: 'the name it bears, at most 15 bytes',
    example: 'comm=nginx,node',
    type: textType,
    read: ({ comm }) => comm,
  }),
  defineField({ name: 'pid', help: 'its PID', example: 'pid=1,2', type: numberType, read: ({ pid }) => pid }),
  defineField({
    name: 'ppid',
    help: 'the PID of its spawner',
    example: 'ppid=4100',
    type: numberType,
    read: ({ ppid }) => ppid,
  }),
  defineField({
    name: 'under',
    help: 'the process of this PID and all that descend from it, also after it ended',
    example: 'under=4100',
    type: descentType,
    read: (subject) => (root: number) => subject.isDescendantOf(root),
  }),
  defineField({
    name: 'user',
    help: 'its user, by name or number',
    example: 'user=root,33',
    type: userType,
    read: ({ uid, user }) => (uid === undefined || user === undefined ? undefined : { uid, name: user }),
  }),
  defineField({
    name: 'cgroup',
    help: 'the path of its control group, where that was asked for (`--cgroups`)',
    example: 'cgroup~docker',
    type: textType,
    read: ({ cgroup }) => cgroup,
  }),
  defineField({
    name: 'age',
    help: 'how long it has run: now in the table, at that moment in a record',
    example: 'age<5s',
    type: durationType,
    read: ({ ageNs }) => ageNs,
  }),
  defineField({
    name: 'life',
    help: 'how long it lived; not known before it ended',
    example: 'life<10ms',
    type: durationType,
    read: ({ lifetimeNs }) => lifetimeNs,
  }),
  defineField({
    name: 'event',
    help: 'what happened; of a row of the table only zombie and exited are known',
    example: 'event=exited',
    type: choiceType(eventNames),
    read: ({ event }) => event,
  }),
];

export const findField = (name: string): FilterField | undefined =>
  filterFields.find((field) => field.name === name);

/** What each operator means, for people. */
export const operatorHelp: Readonly<Record<Operator, string>> = {
  '=': 'equals; of several values separated by commas, any of them',
  '!=': 'is known and equals none of them',
  '~': 'contains (smart case); of several values, any of them',
  '=~': 'matches a regular expression (smart case)',
  '<': 'less',
  '<=': 'at most',
  '>': 'more',
  '>=': 'at least',
};

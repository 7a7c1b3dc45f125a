import { placeOf } from '../cgroups/place.ts';
import { commandText } from '../commands/command-text.ts';
import { shellStatusOf } from '../events/exit-status.ts';
import type { Operator } from './ast.ts';
import {
  type CompiledTest,
  choiceType,
  containerType,
  descentType,
  durationType,
  type FieldType,
  numberType,
  signalType,
  textType,
  unitType,
  userType,
} from './field-types.ts';
import { percentType, sizeType } from './quantity-types.ts';
import { eventNames, type FilterSubject } from './subject.ts';

/** A field of a filter. The parser, completion, documentation and error messages use the table of fields. */
export type FilterField = {
  name: string;
  help: string;
  example: string;
  operators: readonly Operator[];
  expected: string;
  suggest: (typed: string) => readonly string[];
  compile: (operator: Operator, values: readonly string[]) => CompiledTest<FilterSubject>;
};

type FieldDefinition<T> = Pick<FilterField, 'name' | 'help' | 'example'> & {
  type: FieldType<T>;
  /** Returns the field of a subject; undefined if it is not known. */
  read: (subject: FilterSubject) => T | undefined;
};

/** Builds a field from its definition. A comparison with an unknown value is false. */
const defineField = <T>({ type, read, ...texts }: FieldDefinition<T>): FilterField => ({
  ...texts,
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
        const value = read(subject);
        return value !== undefined && test(value);
      },
    };
  },
});

/**
 * The field `comm`. A comparison is true if it is true for any name that the process has had. `!=` is the negation of
 * `=`, so that all records of a process match either a filter or its negation.
 */
const commField: FilterField = {
  name: 'comm',
  help: 'any name that the process has had, each at most 15 bytes',
  example: 'comm=nginx,node',
  operators: textType.operators,
  expected: textType.expected,
  suggest: textType.suggest,
  compile: (operator, values) => {
    const isNegated = operator === '!=';
    const compiled = textType.compile(isNegated ? '=' : operator, values);
    if (!compiled.ok) return compiled;
    const { test } = compiled;
    return {
      ok: true,
      test: ({ comm, names }) => (test(comm) || (names?.some(test) ?? false)) !== isNegated,
    };
  },
};

export const filterFields: readonly FilterField[] = [
  commField,
  defineField({
    name: 'cmd',
    help: 'command as shown: program and arguments or, if they are not known, the comm',
    example: 'cmd~"sh -c"',
    type: textType,
    read: (subject) => commandText(subject),
  }),
  defineField({
    name: 'args',
    help: 'whole command line with path; unknown if it was not read or recorded',
    example: 'args=~tenant-[0-9]+',
    type: textType,
    read: ({ args }) => args?.join(' '),
  }),
  defineField({
    name: 'host',
    help: 'host name, or the name under which a guest was given',
    example: 'host=web1,web2',
    type: textType,
    read: ({ host }) => host,
  }),
  defineField({ name: 'pid', help: 'PID', example: 'pid=1,2', type: numberType, read: ({ pid }) => pid }),
  defineField({
    name: 'ppid',
    help: 'PID of the spawner',
    example: 'ppid=4100',
    type: numberType,
    read: ({ ppid }) => ppid,
  }),
  defineField({
    name: 'under',
    help: 'the process with this PID and all its descendants, also after it exits',
    example: 'under=4100',
    type: descentType,
    read: (subject) => (root: number) => subject.isDescendantOf(root),
  }),
  defineField({
    name: 'user',
    help: 'user, by name or UID',
    example: 'user=root,33',
    type: userType,
    read: ({ uid, user }) => (uid === undefined || user === undefined ? undefined : { uid, name: user }),
  }),
  defineField({
    name: 'cgroup',
    help: 'control group path; in a trace, if recorded (`--record-cgroups`)',
    example: 'cgroup~docker',
    type: textType,
    read: ({ cgroup }) => cgroup,
  }),
  defineField({
    name: 'unit',
    help: 'systemd unit of the cgroup, the innermost if units are nested',
    example: 'unit=nginx,cron.service',
    type: unitType,
    read: ({ cgroup }) => (cgroup === undefined ? undefined : (placeOf(cgroup).unit ?? '')),
  }),
  defineField({
    name: 'container',
    help: 'container of the cgroup, or one around it, by name or start of its ID',
    example: 'container=4f1d,web',
    type: containerType,
    read: ({ cgroup }) => (cgroup === undefined ? undefined : placeOf(cgroup).containers),
  }),
  defineField({
    name: 'age',
    help: 'time since the spawn: now for a process, at the time of the record for a record',
    example: 'age<5s',
    type: durationType,
    read: ({ ageNs }) => ageNs,
  }),
  defineField({
    name: 'life',
    help: 'lifetime, that is, how long it ran; known after the exit only',
    example: 'life<10ms',
    type: durationType,
    read: ({ lifetimeNs }) => lifetimeNs,
  }),
  defineField({
    name: 'cpu',
    help: 'CPU usage in percent of one core; of an exit, the mean over the lifetime',
    example: 'cpu>50',
    type: percentType,
    read: ({ cpuPercent }) => cpuPercent,
  }),
  defineField({
    name: 'rss',
    help: 'resident memory of a process in the table',
    example: 'rss>100M',
    type: sizeType,
    read: ({ rssBytes }) => rssBytes,
  }),
  defineField({
    name: 'exit',
    help: 'exit code, or 128 + the signal as in a shell; known after the exit, if at all',
    example: 'exit!=0',
    type: numberType,
    read: ({ exitStatus }) => exitStatus && shellStatusOf(exitStatus),
  }),
  defineField({
    name: 'signal',
    help: 'signal that killed the process, by name or number',
    example: 'signal=SEGV,11',
    type: signalType,
    read: ({ exitStatus }) => exitStatus?.exit_signal,
  }),
  defineField({
    name: 'event',
    help: 'kind of event; a process in the table has only zombie and exited; gap: missed or lost',
    example: 'event=exited',
    type: choiceType(eventNames),
    read: ({ event }) => event,
  }),
];

export const findField = (name: string): FilterField | undefined =>
  filterFields.find((field) => field.name === name);

/** Help texts of the operators. */
export const operatorHelp: Readonly<Record<Operator, string>> = {
  '=': 'equals one of the values (comma-separated)',
  '!=': 'is known and equals none of the values',
  '~': 'contains one of the values (smart case)',
  '=~': 'matches a regular expression (smart case)',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
};

import { expect, test } from 'vitest';
import { ProcError } from '../../src/proc/errors.ts';
import { readKernelEventSupport } from '../../src/proc/kernel-event-support.ts';

const readSupport = (files: Record<string, string>) => {
  const read = (path: string) => {
    const text = files[path];
    if (text === undefined) throw new ProcError('missing', { path, code: 'ENOENT' });
    return text;
  };
  return readKernelEventSupport({ readText: read, readLink: read });
};

test('the connector and the first namespaces are recognized', () => {
  expect(
    readSupport({
      'net/connector': 'Name            ID\ncn_proc         1:1\n',
      'self/ns/pid': 'pid:[4026531836]',
      'self/ns/user': 'user:[4026531837]',
    }),
  ).toEqual({ hasConnector: true, inFirstPidNamespace: true, inFirstUserNamespace: true });
});

test('other namespaces, and a kernel without the connector, are recognized', () => {
  expect(
    readSupport({
      'net/connector': 'Name            ID\nw1             3:1\n',
      'self/ns/pid': 'pid:[4026532201]',
      'self/ns/user': 'user:[4026532200]',
    }),
  ).toEqual({ hasConnector: false, inFirstPidNamespace: false, inFirstUserNamespace: false });
});

test('a value is undefined when it cannot be read', () => {
  expect(readSupport({})).toEqual({
    hasConnector: undefined,
    inFirstPidNamespace: undefined,
    inFirstUserNamespace: undefined,
  });
});

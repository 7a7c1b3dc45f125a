import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { lightFuse } from '../../../scripts/sea/fuse.ts';
import { injectNote } from '../../../scripts/sea/inject-note.ts';

const node = readFileSync(process.execPath);
const content = Buffer.from('some content, of odd length....');
const made = injectNote(node, 'A_NAME', content);

const types = { load: 1, interp: 3, note: 4, phdr: 6 };
const table = (file: Buffer) => {
  const start = Number(file.readBigUInt64LE(0x20));
  return Array.from({ length: file.readUInt16LE(0x38) }, (_, index) => {
    const at = start + index * 56;
    const [offset, address, , size, memory] = [8, 16, 24, 32, 40].map((field) =>
      Number(file.readBigUInt64LE(at + field)),
    ) as [number, number, number, number, number];
    return { type: file.readUInt32LE(at), offset, address, size, memory };
  });
};
const of = (file: Buffer, type: number) => table(file).filter((segment) => segment.type === type);

describe('an injected note', () => {
  test('has its name and content, aligned and mapped', () => {
    const [note] = of(made, types.note);
    if (note === undefined) throw new Error('no note');
    const bytes = made.subarray(note.offset, note.offset + note.size);
    expect([bytes.readUInt32LE(0), bytes.readUInt32LE(4)]).toEqual(['A_NAME\0'.length, content.length]);
    expect(bytes.toString('latin1', 12, 20)).toBe('A_NAME\0\0');
    expect(bytes.subarray(20, 20 + content.length)).toEqual(content);
    const home = of(made, types.load).at(-1);
    expect(home?.offset).toBe(note.offset);
    expect(home?.address).toBe(note.address);
    expect(home?.size).toBeGreaterThanOrEqual(note.size);
  });

  test('adds one program header and leaves all other mapped bytes in place', () => {
    expect(made.readBigUInt64LE(0x20)).toBe(node.readBigUInt64LE(0x20));
    expect(table(made)).toHaveLength(table(node).length + 1);
    const [phdr] = of(made, types.phdr);
    expect(phdr?.size).toBe(table(made).length * 56);
    const [taken] = of(node, types.note);
    const from = (taken?.offset ?? 0) + (taken?.size ?? 0);
    const loads = of(node, types.load);
    const to = Math.max(...loads.map(({ offset, size }) => offset + size));
    expect(made.subarray(from, to).equals(node.subarray(from, to))).toBe(true);
    expect(of(made, types.load).slice(0, -1)).toEqual(loads);
  });

  test('keeps the name of the interpreter', () => {
    const read = (file: Buffer) => {
      const [{ offset, size } = { offset: 0, size: 0 }] = of(file, types.interp);
      return file.toString('latin1', offset, offset + size);
    };
    expect(read(made)).toMatch(/^\/lib.*\0$/);
    expect(read(made)).toBe(read(node));
  });

  test('leaves segments in ascending order, page-aligned and without overlap', () => {
    const loads = of(made, types.load);
    for (const [index, { address, offset }] of loads.entries()) {
      const before = loads[index - 1];
      if (before) expect(address).toBeGreaterThanOrEqual(before.address + before.memory);
      expect(address % 4096).toBe(offset % 4096);
    }
  });
});

test('injectNote throws when there is no room or the file is not ELF', () => {
  expect(() => injectNote(made, 'A_NAME', content)).toThrow('no room');
  expect(() => injectNote(Buffer.from('#!/bin/sh\n'), 'A_NAME', content)).toThrow('not a 64-bit');
});

test('lightFuse throws when the fuse is already lit', () => {
  const fuse = made.indexOf('NODE_SEA_FUSE_');
  const lit = () => made.toString('latin1', fuse, fuse + 64).match(/:(.)/)?.[1];
  expect(lit()).toBe('0');
  lightFuse(made);
  expect(lit()).toBe('1');
  expect(() => lightFuse(made)).toThrow('not a Node binary that can hold a program');
});

/** Offsets of fields in the header of an ELF64 file, in bytes; see elf(5). */
const at = { class: 4, order: 5, phoff: 0x20, shoff: 0x28, phnum: 0x38, shnum: 0x3c, shstrndx: 0x3e };
/** Offsets of fields in a program header, in bytes. */
const field = { type: 0, flags: 4, offset: 8, vaddr: 16, paddr: 24, filesz: 32, memsz: 40, align: 48 };
const entrySize = 56;

const types = { load: 1, interp: 3, note: 4, phdr: 6 };
const readable = 4;
/** The largest page size of any Linux. A segment with this alignment can be mapped everywhere. */
const page = 0x10000;

/** A program header. `size` is the size in the file, `memory` the size when mapped. */
type Segment = { type: number; flags: number } & Record<
  'offset' | 'address' | 'size' | 'memory' | 'align',
  number
>;

const readSegment = (file: Buffer, from: number): Segment => {
  const wide = (where: number) => Number(file.readBigUInt64LE(from + where));
  return {
    type: file.readUInt32LE(from + field.type),
    flags: file.readUInt32LE(from + field.flags),
    offset: wide(field.offset),
    address: wide(field.vaddr),
    size: wide(field.filesz),
    memory: wide(field.memsz),
    align: wide(field.align),
  };
};

const writeSegment = (file: Buffer, from: number, segment: Segment): void => {
  const wide = (where: number, value: number) => file.writeBigUInt64LE(BigInt(value), from + where);
  file.writeUInt32LE(segment.type, from + field.type);
  file.writeUInt32LE(segment.flags, from + field.flags);
  wide(field.offset, segment.offset);
  wide(field.vaddr, segment.address);
  wide(field.paddr, segment.address);
  wide(field.filesz, segment.size);
  wide(field.memsz, segment.memory);
  wide(field.align, segment.align);
};

const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;
const padded = (bytes: Buffer) =>
  Buffer.concat([bytes, Buffer.alloc(roundUp(bytes.length, 4) - bytes.length)]);

/** Returns an ELF note: header, name and content, padded to 4 bytes each. */
const noteOf = (name: string, content: Buffer): Buffer => {
  const named = Buffer.from(`${name}\0`, 'latin1');
  const head = Buffer.alloc(12);
  head.writeUInt32LE(named.length, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, padded(named), padded(content)]);
};

/** Returns the only segment of a type. @throws if there is none or more than one */
const only = (segments: readonly Segment[], type: number, what: string): Segment => {
  const [found, ...others] = segments.filter((segment) => segment.type === type);
  if (found === undefined || others.length > 0) throw new Error(`ELF file does not have exactly one ${what}`);
  return found;
};

/**
 * Returns a copy of an ELF program with a note that is mapped into memory. The note replaces the build ID. Symbols and
 * section headers, which are not mapped, are removed.
 *
 * The note needs one more program header. To make room, the name of the interpreter, which follows the program headers, is
 * moved to the end of the file. The program headers keep their offset, because old kernels require it.
 *
 * @throws if the program is not ELF64 little endian, or its layout has no room
 */
export const injectNote = (program: Buffer, name: string, content: Buffer): Buffer => {
  if (program.toString('latin1', 0, 4) !== '\x7fELF' || program[at.class] !== 2 || program[at.order] !== 1)
    throw new Error('not a 64-bit little-endian ELF file');
  const table = Number(program.readBigUInt64LE(at.phoff));
  const count = program.readUInt16LE(at.phnum);
  const segments = Array.from({ length: count }, (_, index) =>
    readSegment(program, table + index * entrySize),
  );
  const interp = only(segments, types.interp, 'interpreter');
  const note = only(segments, types.note, 'segment of notes');
  const [tableEnd, newTableEnd] = [count, count + 1].map((entries) => table + entries * entrySize) as [
    number,
    number,
  ];
  /** Returns whether only padding is between the offsets `from` and `to`. */
  const adjoin = (from: number, to: number) => to >= from && to - from < 8;
  if (
    !adjoin(tableEnd, interp.offset) ||
    !adjoin(interp.offset + interp.size, note.offset) ||
    note.offset + note.size < newTableEnd
  )
    throw new Error('ELF file has no room for another program header');

  const loads = segments.filter(({ type }) => type === types.load);
  const mapped = Math.max(...loads.map(({ offset, size }) => offset + size));
  const start = roundUp(mapped, page);
  const address = roundUp(Math.max(...loads.map((load) => load.address + load.memory)), page);
  const newNote = noteOf(name, content);
  const interpreter = program.subarray(interp.offset, interp.offset + interp.size);
  const tail = Buffer.concat([newNote, interpreter]);

  /** Returns the offsets and sizes of a part of the tail. */
  const placed = (from: number, size: number) => ({
    offset: start + from,
    address: address + from,
    size,
    memory: size,
  });
  const added = { type: types.load, flags: readable, align: page, ...placed(0, tail.length) };
  const newSegments = segments.flatMap((segment): Segment[] => {
    if (segment === interp) return [{ ...segment, ...placed(newNote.length, interpreter.length) }];
    if (segment === note) return [{ ...segment, ...placed(0, newNote.length) }];
    if (segment.type === types.phdr) {
      const size = segment.size + entrySize;
      return [{ ...segment, size, memory: size }];
    }
    return segment === loads.at(-1) ? [segment, added] : [segment];
  });

  const output = Buffer.concat([program.subarray(0, mapped), Buffer.alloc(start - mapped), tail]);
  output.fill(0, tableEnd, note.offset + note.size);
  for (const [index, segment] of newSegments.entries())
    writeSegment(output, table + index * entrySize, segment);
  output.writeUInt16LE(newSegments.length, at.phnum);
  output.writeBigUInt64LE(0n, at.shoff);
  output.writeUInt16LE(0, at.shnum);
  output.writeUInt16LE(0, at.shstrndx);
  return output;
};

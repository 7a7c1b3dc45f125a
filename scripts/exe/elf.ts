/** Offsets in the header of an ELF64 file and in each of its program headers (elf(5)). */
const at = { class: 4, order: 5, phoff: 0x20, shoff: 0x28, phnum: 0x38, shnum: 0x3c, shstrndx: 0x3e };
const field = { type: 0, flags: 4, offset: 8, vaddr: 16, paddr: 24, filesz: 32, memsz: 40, align: 48 };
const entrySize = 56;

const types = { load: 1, interp: 3, note: 4, phdr: 6 };
const readable = 4;
/** No page of any Linux is larger: what is mapped from here can be mapped everywhere. */
const page = 0x10000;

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

const noteOf = (name: string, content: Buffer): Buffer => {
  const named = Buffer.from(`${name}\0`, 'latin1');
  const head = Buffer.alloc(12);
  head.writeUInt32LE(named.length, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, padded(named), padded(content)]);
};

const only = (segments: readonly Segment[], type: number, what: string): Segment => {
  const [found, ...others] = segments.filter((segment) => segment.type === type);
  if (found === undefined || others.length > 0) throw new Error(`an ELF file with not exactly one ${what}`);
  return found;
};

/**
 * The program with a note that is mapped with it, in place of its build ID, and without what is not mapped: symbols,
 * section headers. The one program header more that this takes gets the room of the interpreter's name, which stands
 * right behind them and moves to the end: they stay where they were, and where old kernels look for them.
 */
export const withNote = (program: Buffer, name: string, content: Buffer): Buffer => {
  if (program.toString('latin1', 0, 4) !== '\x7fELF' || program[at.class] !== 2 || program[at.order] !== 1)
    throw new Error('not an ELF file of 64 bits, little endian');
  const table = Number(program.readBigUInt64LE(at.phoff));
  const count = program.readUInt16LE(at.phnum);
  const segments = Array.from({ length: count }, (_, index) =>
    readSegment(program, table + index * entrySize),
  );
  const interp = only(segments, types.interp, 'interpreter');
  const note = only(segments, types.note, 'segment of notes');
  const [tableEnd, wantedEnd] = [count, count + 1].map((entries) => table + entries * entrySize) as [
    number,
    number,
  ];
  const adjoin = (from: number, to: number) => to >= from && to - from < 8;
  if (
    !adjoin(tableEnd, interp.offset) ||
    !adjoin(interp.offset + interp.size, note.offset) ||
    note.offset + note.size < wantedEnd
  )
    throw new Error('an ELF file without room for a program header');

  const loads = segments.filter(({ type }) => type === types.load);
  const mapped = Math.max(...loads.map(({ offset, size }) => offset + size));
  const start = roundUp(mapped, page);
  const address = roundUp(Math.max(...loads.map((load) => load.address + load.memory)), page);
  const written = noteOf(name, content);
  const interpreter = program.subarray(interp.offset, interp.offset + interp.size);
  const tail = Buffer.concat([written, interpreter]);

  const placed = (skip: number, size: number) => ({
    offset: start + skip,
    address: address + skip,
    size,
    memory: size,
  });
  const added = { type: types.load, flags: readable, align: page, ...placed(0, tail.length) };
  const moved = segments.flatMap((segment): Segment[] => {
    if (segment === interp) return [{ ...segment, ...placed(written.length, interpreter.length) }];
    if (segment === note) return [{ ...segment, ...placed(0, written.length) }];
    if (segment.type === types.phdr) {
      const size = segment.size + entrySize;
      return [{ ...segment, size, memory: size }];
    }
    return segment === loads.at(-1) ? [segment, added] : [segment];
  });

  const made = Buffer.concat([program.subarray(0, mapped), Buffer.alloc(start - mapped), tail]);
  made.fill(0, tableEnd, note.offset + note.size);
  for (const [index, segment] of moved.entries()) writeSegment(made, table + index * entrySize, segment);
  made.writeUInt16LE(moved.length, at.phnum);
  made.writeBigUInt64LE(0n, at.shoff);
  made.writeUInt16LE(0, at.shnum);
  made.writeUInt16LE(0, at.shstrndx);
  return made;
};

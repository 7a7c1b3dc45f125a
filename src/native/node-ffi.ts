import { LibcError } from './libc-error.ts';
import { type CType, type ForeignFunctions, type LibcFunctions, signatures } from './libc-functions.ts';

/** The part of `node:ffi` that is used here. Node has it by default from 26.9 on. */
type NodeFfi = {
  dlopen(
    library: string | null,
    definitions: Record<string, { return: string; arguments: readonly string[] }>,
  ): { functions: Record<string, (...values: unknown[]) => number | bigint> };
  getRawPointer(bytes: Uint8Array): bigint;
  getInt32(address: bigint, offset: number): number;
};

const typeNames: Readonly<Record<CType, string>> = { int: 'int32', long: 'int64', address: 'pointer' };

/** Returns `node:ffi` without its warning that it is experimental, which would be written over the screen. */
const loadModule = (): NodeFfi | undefined => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule?.('node:ffi') as unknown as NodeFfi | undefined;
  } finally {
    process.emitWarning = emitWarning;
  }
};

/**
 * Looks up the libc functions through Node itself.
 *
 * @throws LibcError if this Node cannot
 */
export const nodeFfiFunctions = (): ForeignFunctions => {
  const ffi = loadModule();
  if (!ffi) throw new LibcError(`Node ${process.versions.node} has no node:ffi`);
  // The address of errno differs from thread to thread, but this object is used on one thread only.
  const all = { ...signatures, __errno_location: ['address', []] as const };
  const definitions = Object.entries(all).map(([name, [result, parameters]]) => [
    name,
    { return: typeNames[result], arguments: parameters.map((type) => typeNames[type]) },
  ]);
  try {
    // Without a name: the program itself, which is linked with libc.
    const { functions } = ffi.dlopen(null, Object.fromEntries(definitions));
    const errnoAddress = functions.__errno_location?.() as bigint;
    return {
      name: 'node:ffi',
      functions: functions as LibcFunctions,
      addressOf: ffi.getRawPointer,
      errno: () => ffi.getInt32(errnoAddress, 0),
    };
  } catch (error) {
    throw new LibcError(`node:ffi: ${(error as Error).message}`, error);
  }
};

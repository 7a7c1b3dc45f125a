import { createRequire } from 'node:module';
import { LibcError } from './libc-error.ts';
import { type CType, type ForeignFunctions, type LibcFunctions, signatures } from './libc-functions.ts';

/** The part of koffi's native module that is used here. */
export type Koffi = {
  readonly version: string;
  load(library: string | null): {
    func(
      name: string,
      result: string,
      parameters: readonly string[],
    ): (...values: unknown[]) => number | bigint;
  };
  address(bytes: Uint8Array): bigint;
  errno(): number;
};

const typeNames: Readonly<Record<CType, string>> = { int: 'int', long: 'long', address: 'void *' };

/**
 * Loads koffi's native module from the package of this processor. The package `koffi` only adds other platforms and names
 * of old versions.
 *
 * @param importer The URL of the module from whose folder the package is looked up
 * @throws LibcError if the package is not installed, or its module cannot be loaded
 */
export const requireKoffi = (importer: string): Koffi => {
  const name = `@koromix/koffi-linux-${process.arch}`;
  try {
    return createRequire(importer)(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'MODULE_NOT_FOUND'
      ? new LibcError(`optional package ${name} is not installed`, error)
      : new LibcError(`cannot load ${name}: ${message}`, error);
  }
};

/** Looks up the libc functions through koffi. */
export const koffiFunctions = (koffi: Koffi): ForeignFunctions => {
  // Without a name: the program itself, which is linked with libc.
  const program = koffi.load(null);
  const functions = Object.entries(signatures).map(([name, [result, parameters]]) => [
    name,
    program.func(
      name,
      typeNames[result],
      parameters.map((type) => typeNames[type]),
    ),
  ]);
  return {
    name: `koffi ${koffi.version}`,
    functions: Object.fromEntries(functions) as LibcFunctions,
    addressOf: koffi.address,
    errno: koffi.errno,
  };
};

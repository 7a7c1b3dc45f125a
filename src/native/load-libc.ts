import { constants } from 'node:os';
import { loadEmbeddedKoffi } from './embedded-koffi.ts';
import { ForeignLibc } from './foreign-libc.ts';
import { koffiFunctions, requireKoffi } from './koffi.ts';
import type { Libc } from './libc.ts';
import { LibcError } from './libc-error.ts';
import type { ForeignFunctions } from './libc-functions.ts';
import { nodeFfiFunctions } from './node-ffi.ts';

const invalidFd = -1;

/** Returns libc, after a call whose result is known. */
const checked = (foreign: ForeignFunctions): Libc => {
  const libc = new ForeignLibc(foreign);
  const result = libc.close(invalidFd);
  if (result !== -constants.errno.EBADF)
    throw new LibcError(`${libc.name}: close(-1) returned ${result} (expected EBADF)`);
  return libc;
};

/**
 * Loads a way to call libc: Node's own, else koffi.
 *
 * @param importer The URL of the module from whose folder packages are looked up. A worker has no URL: the thread that
 *   starts it passes its own.
 * @throws LibcError with the reasons, if there is no way
 */
export const loadLibc = (importer: string = import.meta.url): Libc => {
  try {
    return checked(nodeFfiFunctions());
  } catch (error) {
    if (!(error instanceof LibcError)) throw error;
  }
  return checked(koffiFunctions(loadEmbeddedKoffi() ?? requireKoffi(importer)));
};

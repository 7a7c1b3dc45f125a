import { ForeignLibc } from './foreign-libc.ts';
import { koffiFunctions, requireKoffi } from './koffi.ts';
import type { Libc } from './libc.ts';

/**
 * Loads a way to call libc.
 *
 * @param importer The URL of the module from whose folder packages are looked up. A worker has no URL: the thread that
 *   starts it passes its own.
 * @throws LibcError with the reason, if there is none
 */
export const loadLibc = (importer: string = import.meta.url): Libc =>
  new ForeignLibc(koffiFunctions(requireKoffi(importer)));

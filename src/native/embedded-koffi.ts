import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoName } from '../util/errno.ts';
import type { Koffi } from './koffi.ts';
import { LibcError } from './libc-error.ts';

/** The part of `node:sea` that is used here. */
type NodeSea = { isSea(): boolean; getRawAsset(name: string): ArrayBuffer };

/** Name of koffi's native module among the assets of the executable. */
export const koffiAsset = 'koffi.node';

/**
 * Loads a native module from a new file in `folder`. The file has no name when it is loaded, so no other process can
 * replace it, and it disappears with this process.
 */
const loadIn = (folder: string, content: Uint8Array): unknown => {
  const path = join(folder, `churntop-${crypto.randomUUID()}`);
  // Fails if the path exists.
  const fd = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
    for (let written = 0; written < content.length; ) written += writeSync(fd, content, written);
    const module = { exports: {} };
    process.dlopen(module, `/proc/self/fd/${fd}`);
    return module.exports;
  } finally {
    closeSync(fd);
  }
};

const reasonOf = (error: unknown): string => {
  const { message } = error as Error;
  return message.includes('failed to map segment') ? 'noexec' : (errnoName(error) ?? message);
};

/** Loads a native module from a file in the first of the folders that allows it. @throws LibcError if none does */
const loadFromFile = (folders: readonly string[], content: Uint8Array): unknown => {
  const reasons: string[] = [];
  for (const folder of folders) {
    try {
      return loadIn(folder, content);
    } catch (error) {
      reasons.push(`${folder} (${reasonOf(error)})`);
    }
  }
  throw new LibcError(`koffi cannot be loaded from a temporary file in ${reasons.join(', ')}`);
};

/**
 * Loads koffi's native module from the single executable. Returns undefined if this is not the executable.
 *
 * @throws LibcError if no folder can hold a library for a moment
 */
export const loadEmbeddedKoffi = (): Koffi | undefined => {
  const sea = process.getBuiltinModule?.('node:sea') as unknown as NodeSea | undefined;
  if (!sea?.isSea()) return undefined;
  const folders = [process.env.XDG_RUNTIME_DIR, tmpdir(), '/dev/shm'];
  const unique = [...new Set(folders.filter((folder) => folder))] as string[];
  return loadFromFile(unique, new Uint8Array(sea.getRawAsset(koffiAsset))) as Koffi;
};

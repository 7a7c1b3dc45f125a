import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const boot = join(import.meta.dirname, 'boot.cjs');

/** The configuration of `node --experimental-sea-config`. It has no code cache or snapshot, so it suits every processor. */
const settings = {
  main: 'boot.cjs',
  output: 'sea.blob',
  disableExperimentalSEAWarning: true,
  useCodeCache: false,
  useSnapshot: false,
  // NODE_OPTIONS must not be able to run other code in this program.
  execArgvExtension: 'none',
  // SIGUSR1 must not open the debugger, not even while the program starts.
  execArgv: ['--disable-sigusr1'],
};

/** Returns the blob that Node runs from its executable: the boot script, and `contents` as assets by name. */
export const makeBlob = (contents: ReadonlyMap<string, string | Uint8Array>): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'churntop-sea-'));
  try {
    // The blob contains the asset names but not the paths of the files, so the bytes do not depend on the folder.
    const assets = Object.fromEntries([...contents.keys()].map((name, index) => [name, `${index}`]));
    for (const [name, content] of contents) writeFileSync(join(folder, assets[name] as string), content);
    copyFileSync(boot, join(folder, settings.main));
    writeFileSync(join(folder, 'sea.json'), JSON.stringify({ ...settings, assets }));
    execFileSync(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: folder, stdio: 'pipe' });
    return readFileSync(join(folder, settings.output));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

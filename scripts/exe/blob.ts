import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const boot = join(import.meta.dirname, 'boot.cjs');

/** As Node reads it from `--experimental-sea-config`; without code cache or snapshot it serves every processor. */
const settings = {
  main: 'boot.cjs',
  output: 'sea.blob',
  disableExperimentalSEAWarning: true,
  useCodeCache: false,
  useSnapshot: false,
  // NODE_OPTIONS is meant for Node, and is nobody's way to run code in this program.
  execArgvExtension: 'none',
};

/**
 * What Node finds in its executable: what it runs, and other texts by name. Every copy must carry the words of the
 * licences, too. Names go in as they are given, so they are given without a folder.
 */
export const makeBlob = (texts: ReadonlyMap<string, string>): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'churntop-exe-'));
  try {
    const assets = Object.fromEntries([...texts.keys()].map((name, index) => [name, `${index}`]));
    for (const [name, text] of texts) writeFileSync(join(folder, assets[name] as string), text);
    copyFileSync(boot, join(folder, settings.main));
    writeFileSync(join(folder, 'sea.json'), JSON.stringify({ ...settings, assets }));
    execFileSync(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: folder, stdio: 'pipe' });
    return readFileSync(join(folder, settings.output));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const files = {
  script: 'churntop.cjs',
  licences: 'THIRD-PARTY-LICENSES',
  settings: 'sea.json',
  blob: 'sea.blob',
};

/** As Node reads it from `--experimental-sea-config`; without code cache or snapshot it serves every processor. */
const settings = {
  main: files.script,
  output: files.blob,
  // Every copy must carry the words of the licences.
  assets: { [files.licences]: files.licences },
  disableExperimentalSEAWarning: true,
  useCodeCache: false,
  useSnapshot: false,
  // NODE_OPTIONS is meant for Node, and is nobody's way to run code in this program.
  execArgvExtension: 'none',
};

/** What Node finds in its executable and runs. Names go in as they are given, so they are given without a folder. */
export const makeBlob = (script: string, licences: string): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'churntop-exe-'));
  try {
    writeFileSync(join(folder, files.script), script);
    writeFileSync(join(folder, files.licences), licences);
    writeFileSync(join(folder, files.settings), JSON.stringify(settings));
    execFileSync(process.execPath, ['--experimental-sea-config', files.settings], {
      cwd: folder,
      stdio: 'pipe',
    });
    return readFileSync(join(folder, files.blob));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/**
 * `npm run build:exe`: builds a single executable for this machine's processor, `-- x64 arm64` for both. `--to FOLDER`
 * sets the output folder, `--plain` skips the compressed file. Also writes the SHA-256 sums and the licenses.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { koffiAsset } from '../../src/native/embedded-koffi.ts';
import { bundledPackages, licensesText } from '../build/licenses.ts';
import { bundleProgram } from '../build/program.ts';
import { makeBlob } from './blob.ts';
import { lightFuse } from './fuse.ts';
import { injectNote } from './inject-note.ts';
import { koffiOf, type Processor, processors, runtimeOf } from './runtime.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: 'build' }, plain: { type: 'boolean', default: false } },
});
const wanted = (positionals.length > 0 ? positionals : [process.arch]).map((name) => {
  if (!processors.includes(name as Processor))
    throw new Error(`"${name}": unknown processor (expected ${processors.join(', ')})`);
  return name as Processor;
});
mkdirSync(values.to, { recursive: true });

const { modules, metafile } = await bundleProgram();
const packages = bundledPackages([metafile]);

/** Formats a size in MB. */
const formatSize = (bytes: Buffer) => `${(bytes.length / 1e6).toFixed(1)} MB`;

for (const processor of wanted) {
  const runtime = runtimeOf(processor);
  const koffi = koffiOf(processor);
  const native = Object.entries({ node: runtime, koffi }).map(([name, { version, license }]) => {
    return { name, version, license: 'MIT', text: readFileSync(license, 'utf8').trim() };
  });
  const licenses = licensesText([...packages, ...native]);
  const assets = new Map<string, string | Uint8Array>([...modules, ['THIRD-PARTY-LICENSES', licenses]]);
  const blob = makeBlob(assets.set(koffiAsset, readFileSync(koffi.module)));
  const executable = injectNote(readFileSync(runtime.node), 'NODE_SEA_BLOB', blob);
  lightFuse(executable);

  const name = `churntop-linux-${processor}`;
  const path = (suffix = '') => join(values.to, `${name}${suffix}`);
  // Linux does not allow writing to a running executable, so the file is replaced.
  writeFileSync(path('.new'), executable, { mode: 0o755 });
  renameSync(path('.new'), path());
  writeFileSync(join(values.to, 'THIRD-PARTY-LICENSES'), licenses);
  const made = [name];
  if (!values.plain) {
    execFileSync('xz', ['-9', '--threads=1', '--keep', '--force', path()], { stdio: 'inherit' });
    made.push(`${name}.xz`);
  }
  const sums = made.map((file) => {
    const bytes = readFileSync(join(values.to, file));
    process.stdout.write(`${join(values.to, file)} ${formatSize(bytes)}\n`);
    return `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`;
  });
  writeFileSync(path('.sha256'), sums.join(''));
}

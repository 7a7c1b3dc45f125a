/**
 * `npm run build:exe`: the program and Node in one file for this machine's processor, `-- x64 arm64`: for both;
 * `--to FOLDER`, `--plain` without the compressed one. Beside them: their SHA-256, and the licences of what is in them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeBlob } from './exe/blob.ts';
import { withNote } from './exe/elf.ts';
import { lightFuse } from './exe/fuse.ts';
import { type Processor, processors, runtimeOf } from './exe/runtime.ts';
import { bundled, licences } from './licences.ts';
import { bundleProgram } from './program.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { to: { type: 'string', default: 'build' }, plain: { type: 'boolean', default: false } },
});
const wanted = (positionals.length > 0 ? positionals : [process.arch]).map((name) => {
  if (!processors.includes(name as Processor))
    throw new Error(`${name}: not one of ${processors.join(', ')}`);
  return name as Processor;
});
mkdirSync(values.to, { recursive: true });

const { scripts, metafile } = await bundleProgram();
const parts = bundled([metafile]);

/** A size in MB, as `ls` and package pages tell it. */
const size = (bytes: Buffer) => `${(bytes.length / 1e6).toFixed(1)} MB`;

for (const processor of wanted) {
  const runtime = runtimeOf(processor);
  const node = {
    name: 'node',
    version: runtime.version,
    licence: 'MIT',
    text: readFileSync(runtime.licence, 'utf8').trim(),
  };
  const text = licences([...parts, node]);
  const blob = makeBlob(new Map([...scripts, ['THIRD-PARTY-LICENSES', text]]));
  const executable = withNote(readFileSync(runtime.node), 'NODE_SEA_BLOB', blob);
  lightFuse(executable);

  const name = `churntop-linux-${processor}`;
  const path = (suffix = '') => join(values.to, `${name}${suffix}`);
  // One that runs cannot be written to.
  writeFileSync(path('.new'), executable, { mode: 0o755 });
  renameSync(path('.new'), path());
  writeFileSync(join(values.to, 'THIRD-PARTY-LICENSES'), text);
  const made = [name];
  if (!values.plain) {
    execFileSync('xz', ['-9', '--threads=1', '--keep', '--force', path()], { stdio: 'inherit' });
    made.push(`${name}.xz`);
  }
  const sums = made.map((file) => {
    const bytes = readFileSync(join(values.to, file));
    process.stdout.write(`${join(values.to, file)} ${size(bytes)}\n`);
    return `${createHash('sha256').update(bytes).digest('hex')}  ${file}\n`;
  });
  writeFileSync(path('.sha256'), sums.join(''));
}

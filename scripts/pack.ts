/**
 * `npm run pack`: the package as it is published, in build/. Its manifest names only what runs: the bundle needs no
 * dependency, the machine-specific Node of the npm scripts stays at home, and react and ink are peers of
 * `churntop/react`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import manifest from '../package.json' with { type: 'json' };

const folder = 'build/package';
const { devDependencies, optionalDependencies: _, scripts: __, private: ___, ...published } = manifest;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const path of [...manifest.files, 'README.md', 'LICENSE'])
  cpSync(path, `${folder}/${path}`, { recursive: true });
const peers = { react: devDependencies.react, ink: devDependencies.ink };
writeFileSync(
  `${folder}/package.json`,
  `${JSON.stringify(
    {
      ...published,
      peerDependencies: peers,
      peerDependenciesMeta: { react: { optional: true }, ink: { optional: true } },
    },
    undefined,
    2,
  )}\n`,
);
execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], { cwd: folder, stdio: 'inherit' });

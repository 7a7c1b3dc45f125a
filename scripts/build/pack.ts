/**
 * `npm run pack`: packs the npm package in build/. Its manifest has no scripts. The only dependency is koffi's native
 * module, which is optional. React and ink are optional peers of `churntop/react`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import manifest from '../../package.json' with { type: 'json' };

const folder = 'build/package';
const {
  devDependencies,
  optionalDependencies,
  overrides: _,
  private: __,
  scripts: ___,
  ...published
} = manifest;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const path of [...manifest.files, 'README.md', 'LICENSE'])
  cpSync(path, `${folder}/${path}`, { recursive: true });
/** The native modules of koffi. The other optional dependencies are for development. */
const native = Object.entries(optionalDependencies).filter(([name]) => name.startsWith('@koromix/'));
const peers = { react: devDependencies.react, ink: devDependencies.ink };
writeFileSync(
  `${folder}/package.json`,
  `${JSON.stringify(
    {
      ...published,
      optionalDependencies: Object.fromEntries(native),
      peerDependencies: peers,
      peerDependenciesMeta: { react: { optional: true }, ink: { optional: true } },
    },
    undefined,
    2,
  )}\n`,
);
execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], { cwd: folder, stdio: 'inherit' });

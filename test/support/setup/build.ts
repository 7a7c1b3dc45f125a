import { execFileSync } from 'node:child_process';

/** Builds the bundle, which end-to-end tests run. Fails when a patch in patches/ is not applied. */
export default (): void => {
  execFileSync(process.execPath, ['scripts/build/main.ts'], { stdio: 'inherit' });
};

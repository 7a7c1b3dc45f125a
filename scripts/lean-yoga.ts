import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

const inlined = /"data:application\/octet-stream;base64,([A-Za-z0-9+/=]+)"/;

/**
 * Yoga's layout engine is WebAssembly in a data: URL, which its loader fetches: that alone loads Node's HTTP client. Here
 * it is compiled from its bytes, at once and without a wait, so that the screen may be a script like any other.
 */
export const leanYoga: Plugin = {
  name: 'lean-yoga',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]yoga-layout[\\/]dist[\\/]src[\\/]index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const theirs = 'wrapAssembly(await loadYoga())';
      const loader = /from '(.*-base64-esm\.js)'/.exec(source)?.[1];
      const binary = loader && inlined.exec(readFileSync(`${dirname(path)}/${loader}`, 'utf8'))?.[1];
      if (!binary || !source.includes(theirs)) throw new Error(`${path}: another Yoga`);
      return {
        contents: source.replace(theirs, 'wrapAssembly(yoga)').replace(
          /^const Yoga/m,
          `const yoga = {
            instantiateWasm: (imports, receive) => {
              const wasm = new WebAssembly.Module(Buffer.from('${binary}', 'base64'));
              receive(new WebAssembly.Instance(wasm, imports));
              return {};
            },
          };
          loadYoga(yoga);
          const Yoga`,
        ),
      };
    });
    onLoad({ filter: /[\\/]yoga-wasm-base64-esm\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(inlined, '""'),
    }));
  },
};

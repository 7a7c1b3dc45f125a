// Preloaded by tests: at its end the program writes what it had loaded to the file that CHURNTOP_LOADED names.
const { writeFileSync } = require('node:fs');

let segmenters = 0;
Intl.Segmenter = class extends Intl.Segmenter {
  constructor(...given) {
    super(...given);
    segmenters++;
  }
};
process.on('exit', () => {
  writeFileSync(
    process.env.CHURNTOP_LOADED,
    JSON.stringify({ scripts: Object.keys(require.cache), builtins: process.moduleLoadList, segmenters }),
  );
});

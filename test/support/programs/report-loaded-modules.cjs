// Preloaded by tests. On exit it writes the loaded modules to the file named by CHURNTOP_LOADED.
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

// Preloaded by tests: on exit, writes the modules that the program has loaded to the file that CHURNTOP_LOADED names.
const { writeFileSync } = require('node:fs');
const { registerHooks } = require('node:module');

const modules = [];
registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) modules.push(url);
    return nextLoad(url, context);
  },
});
process.on('exit', () => {
  writeFileSync(process.env.CHURNTOP_LOADED, JSON.stringify({ modules, builtins: process.moduleLoadList }));
});

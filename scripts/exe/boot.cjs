// What an executable begins with: it runs the scripts of the program, which it holds as assets, as Node runs files.
const { posix } = require('node:path');
const { getRawAsset } = require('node:sea');
const { compileFunction } = require('node:vm');

const loaded = new Map();

const load = (path) => {
  const known = loaded.get(path);
  if (known) return known.exports;
  const module = { exports: {} };
  loaded.set(path, module);
  // All of it is ASCII.
  const code = Buffer.from(getRawAsset(path)).toString('latin1');
  const required = (name) => (name[0] === '.' ? load(posix.join(posix.dirname(path), name)) : require(name));
  compileFunction(code, ['module', 'require'], { filename: path })(module, required);
  return module.exports;
};

load('dist/churntop.cjs');

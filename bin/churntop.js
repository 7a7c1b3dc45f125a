#!/usr/bin/env node
const oldest = 20;

if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(`churntop: needs Node ${oldest} or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
await import('../dist/churntop.js');

#!/usr/bin/env node
// Without a handler, Node would open its debugger on 127.0.0.1:9229.
process.on('SIGUSR1', () => {});

const oldest = 20;

if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(`churntop: needs Node ${oldest} or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
await import('../dist/churntop.js');

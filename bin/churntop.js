#!/usr/bin/env node
import { createRequire } from 'node:module';

const oldest = 20;

if (Number(process.versions.node.split('.')[0]) < oldest) {
  process.stderr.write(`churntop: needs Node ${oldest} or newer, this is ${process.versions.node}\n`);
  process.exit(1);
}
// React's development build costs two to five times the CPU.
process.env.NODE_ENV = 'production';
createRequire(import.meta.url)('../dist/churntop.cjs');

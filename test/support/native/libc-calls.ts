/**
 * Calls libc on the main thread and in a worker, and prints the results as JSON. The argument is the URL of the module from
 * whose folder koffi is looked up; without it, this file.
 */
import script from 'worker:./libc-worker.ts';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { callLibc } from './libc-worker.ts';

const importer = process.argv[2] ?? import.meta.url;
const inWorker = async () => {
  const [result] = await once(new Worker(script, { eval: true, workerData: { importer } }), 'message');
  return result;
};
const worker = await inWorker();
const again = await inWorker();
const main = callLibc(importer);
const openFiles = readdirSync('/proc/self/fd').flatMap((fd) => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return [];
  }
});
const deleted = openFiles.filter((path) => path.endsWith('(deleted)'));
process.stdout.write(JSON.stringify({ main, worker, again, deleted }));

// Prints events once a second: node examples/watch.js
import { encode, ProcWalker } from 'churntop';

const walker = new ProcWalker();
walker.poll(); // discovery: every live process

setInterval(() => {
  for (const event of walker.poll()) console.log(encode(event));
}, 1000);

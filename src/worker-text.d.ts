/** `worker:FILE` is FILE bundled into one script, as text, so that a worker needs no file of its own. */
declare module 'worker:*' {
  const script: string;
  export default script;
}

/** `program:FILE` is FILE bundled into one ES module, as text: a program for another machine that can only stream. */
declare module 'program:*' {
  const program: string;
  export default program;
}

/** `worker:FILE` is FILE bundled into one script, as text, so that a worker needs no file of its own. */
declare module 'worker:*' {
  const script: string;
  export default script;
}

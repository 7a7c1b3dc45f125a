/** `worker:FILE` is FILE bundled into one script, as text: a worker that needs no file beside the program. */
declare module 'worker:*' {
  const script: string;
  export default script;
}

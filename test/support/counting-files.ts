import type { Files } from '../../src/proc/proc-files.ts';

/** The same files, and how many of them are held open. */
export const counting = (files: Files) => {
  let open = 0;
  return {
    open: () => open,
    files: {
      ...files,
      open(path: string) {
        const fd = files.open(path);
        open++;
        return fd;
      },
      close(fd: number) {
        files.close(fd);
        open--;
      },
    } satisfies Files,
  };
};

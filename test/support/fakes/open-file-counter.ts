import type { ProcFiles } from '../../../src/proc/proc-files.ts';

/** Wraps file operations to count open files. `open` returns their number. */
export const countOpenFiles = (files: ProcFiles) => {
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
    } satisfies ProcFiles,
  };
};

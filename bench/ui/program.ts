/** The command that runs the built program. */
export const program: readonly string[] = [process.execPath, 'bin/churntop.js'];

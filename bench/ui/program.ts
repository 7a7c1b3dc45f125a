/** The built program. */
export const program: readonly string[] = [process.execPath, 'bin/churntop.js'];

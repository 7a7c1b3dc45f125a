/** The program as one script for a machine with Node, where it can only stream. */
export { default as streamProgram } from 'program:../entry.ts';

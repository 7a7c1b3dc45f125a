/** Set by the build from package.json. */
declare const __VERSION__: string;

export const version: string = __VERSION__;
/** Name and version, as in the header of a trace. */
export const tool = `churntop ${version}`;

/** Set when the bundle is made, from the manifest. */
declare const __VERSION__: string;

export const version: string = __VERSION__;
export const tool = `churntop ${version}`;

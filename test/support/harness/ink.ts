/** Imports a module that Ink does not export, such as `output` for ink/build/output.js. */
export const importInk = (module: string) => import(`../../../node_modules/ink/build/${module}.js`);

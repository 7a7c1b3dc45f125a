/** The marker in the Node binary. `:0` follows it when Node runs scripts, `:1` when it runs the injected program. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';

/** Makes `node` run its injected program. Changes the bytes in place. @throws unless the marker occurs exactly once */
export const lightFuse = (node: Buffer): void => {
  const found = node.indexOf(`${fuse}0`);
  if (found < 0 || node.includes(fuse, found + 1))
    throw new Error('not a Node binary that can hold a program');
  node.write('1', found + fuse.length);
};

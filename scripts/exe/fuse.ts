/** Where Node looks whether there is a program in it to run: `:0` for no, `:1` for yes. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';

/** Changes the bytes given. */
export const lightFuse = (node: Buffer): void => {
  const found = node.indexOf(`${fuse}0`);
  if (found < 0 || node.includes(fuse, found + 1)) throw new Error('not a Node that can hold a program');
  node.write('1', found + fuse.length);
};

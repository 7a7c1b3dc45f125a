/** Replaces react-devtools-core, which is not bundled. */
export default {
  initialize: (): void => {},
  connectToDevTools: (): void => {},
};

/** What records do not say of the guest they come from. */
export type Guest = {
  /** What the boot clock is ahead of the monotonic one, ns. */
  bootOffsetNs: bigint;
  userName: (uid: number) => string;
};

/** A guest of which nothing is known. */
export const unknownGuest: Guest = { bootOffsetNs: 0n, userName: String };

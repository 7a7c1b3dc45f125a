/** The facts about a guest that its records do not contain. */
export type Guest = {
  /** Host name; absent if it is not known. */
  host?: string;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
  /** Returns the name of a user, or its UID in digits. */
  userName: (uid: number) => string;
};

export const unknownGuest: Guest = { bootOffsetNs: 0n, userName: String };

/** What is drawn, and what it is drawn from, may keep the main thread busy for this share of the time. */
const mostShare = 0.15;
/** With fewer frames than this makes, a screen no longer looks alive. */
const rarestMs = 250;

/**
 * How long after a frame the next one may come. Frames are spaced by what they cost, as walks are: a tree of 5,000 on a
 * slow guest is drawn six times a second, not ten. A key is answered at once all the same.
 * @param busyMs how long the main thread was busy since the last frame began
 */
export const frameGapMs = (busyMs: number, leastMs: number): number =>
  Math.min(Math.max(rarestMs, leastMs), Math.max(leastMs, busyMs / mostShare));

/**
 * Of Ink, in whatever it draws. Frames for the source are spaced already, and a key is answered at once, also right behind a
 * frame; this only bounds what keys can ask for.
 */
export const maxFps = 250;

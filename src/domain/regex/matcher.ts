import type { Nfa, Step } from './nfa.ts';
import type { Assertion } from './parser.ts';

/** What stands on one side of a place in the text. */
type Side = 'edge' | 'word' | 'other';

/** The steps waiting at one place, and what stood before it: all that the past decides about the future. */
type State = {
  before: Side;
  waiting: readonly number[];
  next: Map<number, State>;
  atEnd: boolean | undefined;
};

const isWord = (side: Side) => side === 'word';

const holds: Readonly<Record<Assertion, (before: Side, after: Side) => boolean>> = {
  '^': (before) => before === 'edge',
  $: (_, after) => after === 'edge',
  '\\b': (before, after) => isWord(before) !== isWord(after),
  '\\B': (before, after) => isWord(before) === isWord(after),
};

/** Whether one character is one: V8 judges, which cannot take long where nothing repeats. */
const atomOf = (source: string, flags: string): ((code: number) => boolean) => {
  const expression = new RegExp(`^(?:${source})$`, flags);
  const ascii: (boolean | undefined)[] = new Array(128);
  return (code) => {
    if (code > 127) return expression.test(String.fromCodePoint(code));
    ascii[code] ??= expression.test(String.fromCharCode(code));
    return ascii[code] as boolean;
  };
};

/** Ways learnt from state to state; when they are more, all are forgotten and learnt anew. */
const maxWays = 10_000;

/**
 * Runs a program over a text without ever going back: all its ways at once, one character after the other, so a
 * character costs at most one visit of each step (Thompson 1968). Sets of steps met again are not worked out again.
 */
export class Matcher {
  readonly #steps: readonly Step[];
  readonly #start: number;
  readonly #atoms = new Map<string, (code: number) => boolean>();
  readonly #word: (code: number) => boolean;
  readonly #visited: Uint32Array;
  #visit = 0;
  #states = new Map<string, State>();
  #ways = 0;
  /** Steps visited so far: the measure of what it costs. */
  visits = 0;

  constructor({ steps, start }: Nfa, flags: string) {
    this.#steps = steps;
    this.#start = start;
    this.#word = atomOf('\\w', flags);
    this.#visited = new Uint32Array(steps.length);
    for (const step of steps) {
      if (step.kind === 'one' && !this.#atoms.has(step.source))
        this.#atoms.set(step.source, atomOf(step.source, flags));
    }
  }

  /** Whether it matches anywhere in the text. */
  test(text: string): boolean {
    let state = this.#state('edge', []);
    for (let index = 0; index < text.length; ) {
      const code = text.codePointAt(index) as number;
      index += code > 0xffff ? 2 : 1;
      const next = state.next.get(code) ?? this.#advance(state, code);
      if (next === matched) return true;
      state = next;
    }
    state.atEnd ??= this.#reach(state, 'edge') === 'match';
    return state.atEnd;
  }

  #advance(state: State, code: number): State {
    const after: Side = this.#word(code) ? 'word' : 'other';
    const reached = this.#reach(state, after);
    const next = reached === 'match' ? matched : this.#state(after, this.#taking(reached, code));
    if (++this.#ways > maxWays) {
      this.#ways = 0;
      this.#states = new Map();
      state.next.clear();
    }
    state.next.set(code, next);
    return next;
  }

  /** The steps that wait for a character, once all that needs none has been done; or that it has matched. */
  #reach({ before, waiting }: State, after: Side): number[] | 'match' {
    const visit = ++this.#visit;
    const takers: number[] = [];
    // A match may begin at any place.
    const open = [...waiting, this.#start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (this.#visited[at] === visit) continue;
      this.#visited[at] = visit;
      this.visits++;
      const step = this.#steps[at] as Step;
      if (step.kind === 'match') return 'match';
      if (step.kind === 'one') takers.push(at);
      else if (step.kind === 'split') open.push(...step.to);
      else if (holds[step.what](before, after)) open.push(step.next);
    }
    return takers;
  }

  #taking(takers: readonly number[], code: number): number[] {
    const next = new Set<number>();
    for (const at of takers) {
      const step = this.#steps[at] as Step & { kind: 'one' };
      if (this.#atoms.get(step.source)?.(code)) next.add(step.next);
    }
    return [...next].sort((a, b) => a - b);
  }

  #state(before: Side, waiting: readonly number[]): State {
    const key = `${before} ${waiting.join(' ')}`;
    const known = this.#states.get(key);
    if (known) return known;
    const state: State = { before, waiting, next: new Map(), atEnd: undefined };
    this.#states.set(key, state);
    return state;
  }
}

const matched: State = { before: 'edge', waiting: [], next: new Map(), atEnd: true };

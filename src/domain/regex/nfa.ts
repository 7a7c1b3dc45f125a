import { type Assertion, type Pattern, PatternError } from './parser.ts';

/** One step of the machine; numbers are places in the program. */
export type Step =
  | { kind: 'match' }
  | { kind: 'one'; source: string; next: number }
  | { kind: 'assert'; what: Assertion; next: number }
  | { kind: 'split'; to: readonly number[] };

export type Nfa = { steps: readonly Step[]; start: number };

/** `x{1000}` is a thousand steps: this bounds what one character of text can cost. */
export const maxSteps = 1_000;

/** Thompson's construction, from the end to the start: each part knows what follows it. @throws PatternError */
export const compileNfa = (pattern: Pattern): Nfa => {
  const steps: Step[] = [{ kind: 'match' }];
  // Counted apart from the steps: `(){1000}` in itself again emits nothing, a billion times.
  let work = 0;

  const emit = (step: Step): number => steps.push(step) - 1;

  const emitNode = (part: Pattern, next: number): number => {
    if (++work > maxSteps) throw new PatternError(`too large: more than ${maxSteps} steps`, 0);
    switch (part.kind) {
      case 'one':
        return emit({ kind: 'one', source: part.source, next });
      case 'assert':
        return emit({ kind: 'assert', what: part.what, next });
      case 'sequence':
        return part.parts.reduceRight((after, inner) => emitNode(inner, after), next);
      case 'either':
        return emit({ kind: 'split', to: part.parts.map((inner) => emitNode(inner, next)) });
      case 'repeat':
        return repeat(part, next);
      default:
        return part satisfies never;
    }
  };

  const repeat = ({ part, min, max }: Pattern & { kind: 'repeat' }, next: number): number => {
    let entry = next;
    let required = min;
    if (max === Number.POSITIVE_INFINITY) {
      // The last required one is the one that goes round: laid twice, nested `+` would double at each level.
      entry = loop(part, next, min > 0);
      required = Math.max(0, min - 1);
    } else {
      for (let left = max - min; left > 0; left--)
        entry = emit({ kind: 'split', to: [emitNode(part, entry), next] });
    }
    for (; required > 0; required--) entry = emitNode(part, entry);
    return entry;
  };

  const loop = (part: Pattern, next: number, once: boolean): number => {
    const head = emit({ kind: 'split', to: [] });
    const body = emitNode(part, head);
    steps[head] = { kind: 'split', to: [body, next] };
    return once ? body : head;
  };

  const start = emitNode(pattern, 0);
  return { steps, start };
};

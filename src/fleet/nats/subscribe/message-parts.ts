import { BoundedMap } from '../../../util/bounded-map.ts';
import { maxListParts, type PartPosition } from '../server/subjects.ts';

/** Lists whose parts are incomplete at one time; the oldest is dropped beyond. */
const maxLists = 16;
/** Maximum size of a list, in bytes. */
const maxListBytes = 16 * 2 ** 20;

/** Joins the parts of lists that are larger than a message. */
export class MessageParts {
  readonly #lists = new BoundedMap<{ list: string; parts: (Uint8Array | undefined)[] }, string>(maxLists);

  /** Adds a part. Returns the whole list with the last missing part. A part of another list at `key` drops those before it. */
  add(key: string, { list, number, total }: PartPosition, data: Uint8Array): Uint8Array | undefined {
    if (number < 1 || number > total || total > maxListParts || data.length * total > maxListBytes)
      return undefined;
    let known = this.#lists.get(key);
    if (known?.list !== list || known.parts.length !== total) {
      known = { list, parts: Array.from({ length: total }, () => undefined) };
      this.#lists.set(key, known);
    }
    known.parts[number - 1] = data;
    const parts = known.parts.filter((part) => part !== undefined);
    if (parts.length < total) return undefined;
    this.#lists.take(key);
    return Buffer.concat(parts);
  }
}

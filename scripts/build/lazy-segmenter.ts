/**
 * Replaces `Intl.Segmenter` in the bundle. Creates the segmenter on first use, because four of Ink's packages create one
 * when they are loaded. The first one takes 9 ms, and few screens show text that needs it.
 */
export class LazySegmenter {
  readonly #options: ConstructorParameters<typeof Intl.Segmenter>;
  #segmenter: Intl.Segmenter | undefined;

  constructor(...options: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#options = options;
  }

  segment(text: string): Intl.Segments {
    // Destructured, because the build replaces `Intl.Segmenter` with this class.
    const { Segmenter } = Intl;
    this.#segmenter ??= new Segmenter(...this.#options);
    return this.#segmenter.segment(text);
  }
}

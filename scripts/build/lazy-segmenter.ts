/**
 * `Intl.Segmenter` in the bundle, created on first use. Four of Ink's packages create one when they are loaded, the first of
 * which takes 9 ms, and few screens show text that needs it.
 */
export class LazySegmenter {
  readonly #options: ConstructorParameters<typeof Intl.Segmenter>;
  #segmenter: Intl.Segmenter | undefined;

  constructor(...options: ConstructorParameters<typeof Intl.Segmenter>) {
    this.#options = options;
  }

  segment(text: string): Intl.Segments {
    // Destructured, because the build replaces `Intl.Segmenter` by this class.
    const { Segmenter } = Intl;
    this.#segmenter ??= new Segmenter(...this.#options);
    return this.#segmenter.segment(text);
  }
}

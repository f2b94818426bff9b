/** A part that cannot start, said in words for the person who started it. Nothing was changed or deleted. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly zh: string
  readonly en: string
  constructor(text: { zh: string; en: string }) {
    super(`${text.zh}\n${text.en}`)
    this.zh = text.zh
    this.en = text.en
  }
}

/** A question that was asked so often is worth a place among the prepared ones. */
const ASKED_OFTEN = 20
/** Most that a process prepares, on each of its connections: a prepared one takes PostgreSQL 20 to 100 kB there. */
const MOST = 200
/** Texts that are counted; when there are more the counting begins anew. */
const COUNTED = 2_000

/**
 * The name to prepare `text` under, or undefined for a question that is asked once in a while. PostgreSQL then reads it, writes the
 * policies of row-level security into it and, where no value would change the plan, plans it once a connection instead of each time.
 */
export class Prepared {
  readonly #names = new Map<string, string>()
  #asked = new Map<string, number>()

  nameOf(text: string): string | undefined {
    const name = this.#names.get(text)
    if (name !== undefined || this.#names.size >= MOST) return name
    const times = (this.#asked.get(text) ?? 0) + 1
    if (times < ASKED_OFTEN) {
      if (this.#asked.size >= COUNTED) this.#asked = new Map()
      this.#asked.set(text, times)
      return undefined
    }
    this.#asked.delete(text)
    const made = `q${this.#names.size + 1}`
    this.#names.set(text, made)
    return made
  }
}

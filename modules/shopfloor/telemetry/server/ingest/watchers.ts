/** Which live topics somebody looks at, from the subscriptions of our own processes at this broker. */
export class Watchers {
  readonly #byClient = new Map<string, Set<string>>()
  readonly #counts = new Map<string, number>()

  isWatched = (topic: string): boolean => this.#counts.has(topic)

  add(clientId: string, topics: readonly string[]): void {
    const own = this.#byClient.get(clientId) ?? new Set()
    this.#byClient.set(clientId, own)
    for (const topic of topics) {
      if (!topic.startsWith('live/') || own.has(topic)) continue
      own.add(topic)
      this.#counts.set(topic, (this.#counts.get(topic) ?? 0) + 1)
    }
  }

  remove(clientId: string, topics: readonly string[]): void {
    const own = this.#byClient.get(clientId)
    for (const topic of topics) {
      if (!own?.delete(topic)) continue
      const left = (this.#counts.get(topic) ?? 1) - 1
      if (left > 0) this.#counts.set(topic, left)
      else this.#counts.delete(topic)
    }
  }

  leave(clientId: string): void {
    this.remove(clientId, [...(this.#byClient.get(clientId) ?? [])])
    this.#byClient.delete(clientId)
  }
}

import type { Bus } from '#kernel/bus.ts'

/** Topics of the bus that wake whoever waits; what they carry is looked up, so that one that is lost costs time and nothing else. */
export const wakeTopics = {
  changed: 'events/gateways.changed',
  asked: 'events/gateways.asked',
  answered: 'events/gateways.answered',
} as const

/**
 * Asks `look` until it finds something or the time is over: at once, at each wake-up of these topics that names `key`, and every
 * `everyMs` in case one was lost.
 */
export async function lookUntil<Found>(
  bus: Pick<Bus, 'subscribe'>,
  {
    topics,
    key,
    withinMs,
    everyMs,
    signal,
  }: { topics: readonly string[]; key: string; withinMs: number; everyMs: number; signal?: AbortSignal },
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  let wake: () => void = () => undefined
  let woken = false
  const subscriptions = topics.map((topic) =>
    bus.subscribe(topic, (_, payload) => {
      if (!payload.includes(key)) return
      woken = true
      wake()
    }),
  )
  const endsAt = performance.now() + withinMs
  try {
    await Promise.all(subscriptions.map((subscription) => subscription.ready))
    while (!signal?.aborted) {
      woken = false
      const found = await look()
      const leftMs = endsAt - performance.now()
      if (found !== undefined || leftMs <= 0) return found
      if (woken) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(leftMs, everyMs))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal?.addEventListener('abort', wake, { once: true })
      })
      signal?.removeEventListener('abort', wake)
    }
    return undefined
  } finally {
    for (const subscription of subscriptions) subscription.stop()
  }
}

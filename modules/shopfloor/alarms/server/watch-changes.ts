import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { alarmsApi } from '../contract.ts'
import { alarmsErrors } from '../errors.ts'
import { liveTopic } from './evaluation/apply-changes.ts'
import type { Rooms } from './rooms.ts'

type News = z.input<typeof alarmsApi.live.response>

/** What comes within this goes in one event: a page asks once. */
const GATHER_MS = 100
/** Also said where nothing was heard: the bus is best effort. */
const AT_LEAST_MS = 30_000
/** Then the browser connects again, and whether its session still stands is seen. */
const RENEW_MS = 10 * 60_000
const MAX_STREAMS = 2_000
const MAX_STREAMS_OF_ONE = 20
const streamsOf = new Map<string, number>()
let streams = 0

/** Says that alarms of the organisation have changed. Errors: alarms.tooManyStreams. */
export async function watchChanges(rooms: Pick<Rooms, 'bus' | 'clock'>, ctx: Context, signal: AbortSignal): Promise<AsyncIterable<News>> {
  if (streams >= MAX_STREAMS || (streamsOf.get(ctx.actor.id) ?? 0) >= MAX_STREAMS_OF_ONE) throw alarmsErrors.tooManyStreams()
  return stream(rooms, ctx, signal)
}

async function* stream({ bus, clock }: Pick<Rooms, 'bus' | 'clock'>, ctx: Context, signal: AbortSignal): AsyncGenerator<News> {
  const { id } = ctx.actor
  let heard = false
  let wake: (() => void) | undefined
  streams++
  streamsOf.set(id, (streamsOf.get(id) ?? 0) + 1)
  const subscription = bus.subscribe(liveTopic(ctx.orgNo), () => {
    heard = true
    wake?.()
  })
  try {
    await subscription.ready
    const renewMs = clock.nowMs() + RENEW_MS
    while (!signal.aborted && clock.nowMs() < renewMs) {
      heard = false
      yield { type: 'changed', at: clock.now().toISOString() }
      if (!heard) {
        const woken = new AbortController()
        wake = () => woken.abort()
        await sleep(AT_LEAST_MS, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined)
        wake = undefined
      }
      await sleep(GATHER_MS, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    subscription.stop()
    streams--
    const left = (streamsOf.get(id) ?? 1) - 1
    if (left > 0) streamsOf.set(id, left)
    else streamsOf.delete(id)
  }
}

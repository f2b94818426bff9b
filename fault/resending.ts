import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { Endpoint } from '#values/endpoint.ts'
import { type ApiClient, CallFailed } from '../tests/api-client.ts'
import type { Aim } from './trade-kills.ts'

const GIVE_UP_AFTER_MS = 60_000
const AGAIN_AFTER_MS = { least: 100, most: 600 }

/** The act was done, and what it answered is lost: look at what is there. */
export class AnswerLost extends Error {}

export interface Acts {
  /** Of each act: how often it was sent, sent again, and found done with its answer lost. */
  counts: Map<string, { sent: number; again: number; lost: number }>
  /** Answers that tell of our own fault instead of a part that is away. */
  ownFaults: string[]
}
export const newActs = (): Acts => ({ counts: new Map(), ownFaults: [] })

/** A client that has patience: what is not answered is sent again, the same with the same key. */
export interface Patient {
  act<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    name: string,
    e: Endpoint<P, Q, B, R>,
    given?: { params?: z.input<P>; query?: z.input<Q>; body?: z.input<B>; freshKeys?: boolean },
  ): Promise<z.output<R>>
}

export const patient = (client: ApiClient, acts: Acts, aim: Aim): Patient => ({
  act: async (name, e, { freshKeys, ...given } = {}) => {
    const count = acts.counts.get(name) ?? { sent: 0, again: 0, lost: 0 }
    acts.counts.set(name, count)
    const changes = e.method !== 'GET'
    const key = randomUUID()
    const untilMs = performance.now() + GIVE_UP_AFTER_MS
    count.sent++
    for (;;) {
      if (changes) aim(name)
      try {
        return await client.call(e, { ...given, idempotencyKey: freshKeys ? randomUUID() : key })
      } catch (error) {
        if (error instanceof CallFailed) {
          if (error.problem.code === 'request.answerLost') {
            count.lost++
            throw new AnswerLost(name)
          }
          if (error.status === 500) acts.ownFaults.push(`${name}: ${error.message}`)
          if (error.status < 500 && error.problem.code !== 'request.stillRunning') throw error
        }
        if (performance.now() > untilMs) throw new Error(`${name} was not done within ${GIVE_UP_AFTER_MS / 1_000} s: ${error}`)
      }
      count.again++
      await sleep(AGAIN_AFTER_MS.least + Math.random() * (AGAIN_AFTER_MS.most - AGAIN_AFTER_MS.least))
    }
  },
})

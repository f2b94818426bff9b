import { setTimeout as sleep } from 'node:timers/promises'
import { type CommandId, gatewaysApi } from '#modules/shopfloor/gateways/contract.ts'
import { mustNotFail } from '../must-not-fail.ts'
import { backOffMs } from '../rules/back-off.ts'
import { Refused, type WireClient } from '../wire-client.ts'
import type { WriteJournal } from './write-journal.ts'

const BACK_OFF = { firstMs: 500, longestMs: 30_000 }

/** Tells the platform what came of each write until it has heard it, those of an earlier life first. */
export function tellResults(wire: WireClient, journal: WriteJournal): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const tellOne = async (id: string, body: Parameters<typeof journal.ended>[1]): Promise<void> => {
    try {
      await wire.call(gatewaysApi.wireAnswer, { params: { id: id as CommandId }, body: { write: body }, signal })
    } catch (error) {
      // It knows of no such command, or has its result already: nobody waits for this one.
      if (!(error instanceof Refused) || error.status !== 404) throw error
    }
    await journal.told(id)
  }
  const run = async () => {
    for (let failures = 0; !signal.aborted; ) {
      await journal.next(signal)
      try {
        for (const { id, result } of journal.untold()) await tellOne(id, result)
        failures = 0
      } catch {
        await sleep(backOffMs(BACK_OFF, ++failures, Math.random), undefined, { signal }).catch(() => undefined)
      }
    }
  }
  const running = mustNotFail(run())
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

import { type CommandAnswer, wireLimits } from '#modules/shopfloor/gateways/contract.ts'
import type { Clock } from '../../clock.ts'
import { LinkLost } from '../../drivers/driver.ts'

/** Before the platform gives up waiting. */
const WITHIN_MS = wireLimits.commandMs - 1_500

/** The answer to a command, or why there is none in its time, whatever the device is still busy with. */
export async function answerInTime(
  expiresAtMs: number,
  clock: Clock,
  stopping: AbortSignal,
  answer: (signal: AbortSignal) => Promise<CommandAnswer>,
): Promise<CommandAnswer> {
  const leftMs = Math.min(expiresAtMs - clock.nowMs(), WITHIN_MS)
  // Where the clocks differ it may seem to be over before it began.
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(leftMs > 0 ? leftMs : WITHIN_MS)])
  const expired = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new LinkLost('gateways.timedOut')), { once: true }),
  )
  try {
    return await Promise.race([answer(signal), expired])
  } catch (error) {
    if (!(error instanceof LinkLost)) return { failed: signal.aborted ? 'gateways.timedOut' : 'gateways.linkFailed' }
    return { failed: error.reason, ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}) }
  }
}

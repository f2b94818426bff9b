import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#kernel/clock.ts'
import type { DevicesPublic } from '../public.ts'
import { FailedLogIns } from './failed-log-ins.ts'

/** The log-in that every way in of a process shares (MQTT, HTTPS, the gateways' wire), so that a wrong secret counts at all of them. */
export function deviceLogIn(clock: Clock): DevicesPublic['logIn'] {
  const failed = new FailedLogIns(clock)
  return async ({ userName, secret, address }, find) => {
    if (failed.isLocked(address, userName)) return 'lockedOut'
    const device = await find(userName)
    if (!device) {
      failed.add(address, userName)
      return 'unknownDevice'
    }
    const hash = among(device.hashes, createHash('sha256').update(secret).digest())
    if (!hash) {
      failed.add(address, userName)
      return 'wrongCredential'
    }
    return device.active ? { device, hash } : 'deviceInactive'
  }
}

/** All are compared, so that the time tells nothing. */
function among(hashes: readonly Buffer[], hash: Buffer): Buffer | undefined {
  let found: Buffer | undefined
  for (const candidate of hashes) if (candidate.length === hash.length && timingSafeEqual(candidate, hash)) found = candidate
  return found
}

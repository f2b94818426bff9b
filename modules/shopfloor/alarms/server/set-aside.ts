import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import type { alarmsApi } from '../contract.ts'
import { actOnAlarms, type Outcome } from './act-on-alarms.ts'
import type { Rooms } from './rooms.ts'

const USUAL_MINUTES = 60

/** Shelves for a time, takes out of service, or ends that; every alarm with the same reason. */
export function setAside(
  rooms: Pick<Rooms, 'db' | 'bus'>,
  ctx: Context,
  { action, alarms, reason, minutes = USUAL_MINUTES }: z.output<typeof alarmsApi.setAside.body>,
): Promise<Outcome> {
  const until = new Date(ctx.now.getTime() + minutes * 60_000)
  return actOnAlarms(rooms, ctx, { action, alarms, comment: reason, ...(action === 'shelve' ? { shelvedUntil: until } : {}) })
}

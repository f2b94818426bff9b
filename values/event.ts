import type { z } from 'zod'

export interface EventType<Payload extends z.ZodType = z.ZodType> {
  name: string
  version: number
  payload: Payload
}

/** News that other modules and webhooks may subscribe to; the payload is part of the public contract. */
export const event = <Payload extends z.ZodType>(name: string, version: number, payload: Payload): EventType<Payload> => ({
  name,
  version,
  payload,
})

import { z } from 'zod'

/** A code with words in this module: `modbus.illegalAddress`. */
export const ReasonCode = z
  .string()
  .regex(/^[a-zA-Z0-9]+(\.[a-zA-Z0-9]+)*$/)
  .max(80)

/** A piece of what went over the wire, `hex` at most its first 260 bytes; `silence`: no answer within the time-out. */
export const TracedFrame = z.object({
  atMs: z.int(),
  way: z.enum(['sent', 'received', 'silence']),
  hex: z
    .string()
    .max(520)
    .regex(/^(?:[0-9a-f]{2})*$/),
  size: z.int().min(0),
})
export type TracedFrame = z.infer<typeof TracedFrame>

/** What showed that a value is not good. `code.name`: words of the driver whose gap `code` the device's own number fills. */
export const PointShown = z.object({
  code: z.object({ name: ReasonCode, value: z.string().max(100) }).optional(),
  /** The request and its answer, or the silence after it; none where the protocol's library keeps its wire to itself, or the report is full. */
  frames: z.array(TracedFrame).max(2),
})
export type PointShown = z.infer<typeof PointShown>

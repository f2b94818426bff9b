import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

let file: Record<string, unknown> | undefined

/** One key of trade.yaml. The file is parsed once: it is long, and each time takes 0.15 s. */
export function readTradeKey<Shape extends z.ZodType>(key: string, shape: Shape): z.output<Shape> {
  file ??= parse(readFileSync(join(import.meta.dirname, 'trade.yaml'), 'utf8')) as Record<string, unknown>
  const parsed = shape.safeParse(file[key])
  if (!parsed.success) throw new Error(`industries/demo/trade.yaml, ${key}: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

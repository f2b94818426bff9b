import { readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Heard } from '../rules/gap-rules.ts'
import type { LinkPlan, PlannedPoint } from './link-plan.ts'

/** Of each device and point, what a link hands to its successor, and the process to the next one. */
export type HeardPoints = Map<string, Heard>

const File = z.array(z.tuple([z.string(), z.number(), z.array(z.tuple([z.number(), z.number()]))]))
const file = (dataDir: string) => join(dataDir, 'heard.json')
const key = (device: string, { name }: PlannedPoint) => `${device} ${name}`

export function resumeHeard(all: HeardPoints, { units }: LinkPlan): void {
  for (const { code, groups } of units)
    for (const point of groups.flatMap(({ points }) => points)) {
      const heard = all.get(key(code, point)) ?? point.heard
      heard.away = true
      point.heard = heard
      all.set(key(code, point), heard)
    }
}

/** What another process left; nothing where it left nothing that can be read: then no gap is known. */
export function readHeard(dataDir: string): HeardPoints {
  try {
    const rows = File.parse(JSON.parse(readFileSync(file(dataDir), 'utf8')))
    return new Map(
      rows.map(([name, lastMs, gaps]) => [name, { lastMs, away: true, gaps: gaps.map(([afterMs, beforeMs]) => ({ afterMs, beforeMs })) }]),
    )
  } catch {
    return new Map()
  }
}

/** Whole or not at all. One that is older than what was sent costs a second asking, never a second value. */
export async function keepHeard(dataDir: string, all: HeardPoints): Promise<void> {
  const rows = [...all].flatMap(([name, { lastMs, gaps }]) =>
    lastMs === undefined ? [] : [[name, lastMs, gaps.map(({ afterMs, beforeMs }) => [afterMs, beforeMs])]],
  )
  await writeFile(`${file(dataDir)}.new`, JSON.stringify(rows), { mode: 0o600 })
  await rename(`${file(dataDir)}.new`, file(dataDir))
}

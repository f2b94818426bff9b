import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { z } from 'zod'

/** How far a replay has come: rows up to here are acknowledged, and with them the sequence numbers up to there. */
const Progress = z.object({ file: z.string(), device: z.string(), row: z.int().min(0), seq: z.int().min(0) })
export type Progress = z.infer<typeof Progress>

/** Undefined for a replay that never began. */
export function readProgress(path: string, file: string, device: string): Progress | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const parsed = Progress.safeParse(JSON.parse(text))
  if (!parsed.success) throw new Error(`${path} is no progress file of a replay.`)
  if (parsed.data.file !== file || parsed.data.device !== device) {
    throw new Error(`${path} belongs to ${parsed.data.file} sent as ${parsed.data.device}, not to ${file} as ${device}.`)
  }
  return parsed.data
}

export function writeProgress(path: string, progress: Progress): void {
  const draft = openSync(`${path}.new`, 'w', 0o644)
  try {
    writeSync(draft, `${JSON.stringify(progress)}\n`)
    fsyncSync(draft)
  } finally {
    closeSync(draft)
  }
  renameSync(`${path}.new`, path)
}

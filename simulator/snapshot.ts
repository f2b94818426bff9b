import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plants } from './plants.ts'

const file = (dataDir: string) => join(dataDir, 'simulator-state.json')

/** Keeps where the machines stand, so that their counters go on after a restart. Not a secret, and no loss when it is lost. */
export function writeSnapshot(dataDir: string, seed: number, plants: Plants): void {
  writeFileSync(`${file(dataDir)}.new`, JSON.stringify({ seed, plants }), { mode: 0o600 })
  renameSync(`${file(dataDir)}.new`, file(dataDir))
}

/** Undefined where there is none, it belongs to another chain, or it cannot be read. */
export function readSnapshot(dataDir: string, seed: number): Plants | undefined {
  try {
    const kept = JSON.parse(readFileSync(file(dataDir), 'utf8')) as { seed: number; plants: Plants }
    return kept.seed === seed ? kept.plants : undefined
  } catch {
    return undefined
  }
}

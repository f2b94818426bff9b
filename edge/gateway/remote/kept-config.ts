import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { WireConfig } from '#modules/shopfloor/gateways/contract.ts'

const file = (dataDir: string) => join(dataDir, 'configuration.json')

/** The configuration of last time, so that the plant is read without the platform; undefined where there is none that can be read. */
export function readKeptConfig(dataDir: string): WireConfig | undefined {
  try {
    return WireConfig.parse(JSON.parse(readFileSync(file(dataDir), 'utf8')))
  } catch {
    return undefined
  }
}

/** Whole or not at all; it may hold passwords of devices. */
export async function keepConfig(dataDir: string, config: WireConfig): Promise<void> {
  const fresh = await open(`${file(dataDir)}.new`, 'w', 0o600)
  try {
    await fresh.writeFile(JSON.stringify(config))
    await fresh.sync()
  } finally {
    await fresh.close()
  }
  await rename(`${file(dataDir)}.new`, file(dataDir))
}

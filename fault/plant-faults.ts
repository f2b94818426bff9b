import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { batchesIn } from '#edge/gateway/queue/batches-in.ts'
import { type openCable, type StartedGateway, startGateway } from '#edge/gateway/test-plant.ts'
import type { ModbusReplay } from '../tests/gateway-replay.ts'

type Cable = Awaited<ReturnType<typeof openCable>>

/** What can go wrong where the machines are, and where that gateway stands now. */
export interface PlantUnderFault {
  bundle: string
  settings: Parameters<typeof startGateway>[1]
  gateway: StartedGateway
  /** What the killed ones said. */
  log: string[]
  cables: readonly Cable[]
  replays: readonly ModbusReplay[]
  /** A disk of its own, where root may mount one. */
  smallDisk: boolean
}

export interface PlantFault {
  /** `flapping`: a bad plug or radio, an uplink that is there for moments only. */
  what: 'gateway' | 'uplink' | 'flapping' | 'peer' | 'disk'
  fromMs: number
  untilMs: number
}

/** What the gateway had on its disk when it was killed, by device: sequence numbers. It owes them, whatever happens. */
export type Committed = Map<string, Set<number>>

const BETWEEN_MS = { least: 500, most: 2_000 }
const HELD_MS = { least: 1_000, most: 3_500 }
const FLAPS = { times: 12, leastMs: 30, mostMs: 400 }
const DISK_AGAIN_MS = 10_000
const CHUNK = Buffer.alloc(256 * 1024, 0x41)

const between = ({ least, most }: { least: number; most: number }) => least + Math.random() * (most - least)

/** One after the other until the time is over; each is over before the next begins. Times are those of the wall clock, as in the ledgers. */
export async function breakPlantInTurn(plant: PlantUnderFault, seconds: number, committed: Committed): Promise<PlantFault[]> {
  const faults: PlantFault[] = []
  const kinds: PlantFault['what'][] = ['gateway', 'uplink', 'flapping', 'peer', ...(plant.smallDisk ? (['disk'] as const) : [])]
  const untilMs = performance.now() + seconds * 1_000
  for (let n = 0; performance.now() < untilMs; n++) {
    await sleep(between(BETWEEN_MS))
    const what = kinds[n % kinds.length] ?? 'gateway'
    const fromMs = Date.now()
    await acts[what](plant, committed)
    faults.push({ what, fromMs, untilMs: Date.now() })
    console.log(`  ${what} ${((Date.now() - fromMs) / 1_000).toFixed(1)} s  (${fromMs})`)
  }
  return faults
}

const acts: Record<PlantFault['what'], (plant: PlantUnderFault, committed: Committed) => Promise<void>> = {
  gateway: async (plant, committed) => {
    await plant.gateway.kill('SIGKILL')
    plant.log.push(...plant.gateway.log)
    await noteCommitted(plant.settings.dataDir, committed)
    plant.gateway = await startGateway(plant.bundle, plant.settings)
  },
  uplink: async ({ cables }) => {
    for (const cable of cables) cable.pull()
    await sleep(between(HELD_MS))
    for (const cable of cables) cable.putBack()
  },
  flapping: async ({ cables }) => {
    for (let i = 0; i < FLAPS.times; i++) {
      for (const cable of cables) cable.pull()
      await sleep(between({ least: FLAPS.leastMs, most: FLAPS.mostMs }))
      for (const cable of cables) cable.putBack()
      await sleep(between({ least: FLAPS.leastMs, most: FLAPS.mostMs }))
    }
  },
  peer: async ({ replays }) => {
    const [{ process: peer } = { process: undefined }] = replays.filter(({ process: { exitCode } }) => exitCode === null)
    peer?.kill('SIGSTOP')
    await sleep(between(HELD_MS))
    peer?.kill('SIGCONT')
  },
  disk: async ({ settings, gateway }) => {
    const filler = join(settings.dataDir, 'filler')
    const again = () => gateway.log.filter((line) => line.includes('gateways.queueOnDiskAgain')).length
    const before = again()
    fill(filler, settings.dataDir)
    await sleep(between(HELD_MS))
    rmSync(filler)
    const refused = gateway.log.some((line) => line.includes('gateways.queueNotOnDisk'))
    const giveUpMs = performance.now() + DISK_AGAIN_MS
    while (refused && again() === before && performance.now() < giveUpMs) await sleep(50)
  },
}

function fill(file: string, disk: string): void {
  const descriptor = openSync(file, 'w')
  try {
    while (statfsSync(disk).bavail > 0) writeSync(descriptor, CHUNK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    closeSync(descriptor)
  }
}

/** Reads what stands whole in the queue's files, as the next gateway will. */
export async function noteCommitted(dataDir: string, committed: Committed): Promise<void> {
  const dir = join(dataDir, 'queue')
  if (!existsSync(dir)) return
  for (const { items } of await batchesIn(dir)) {
    for (const { device, seq } of JSON.parse(`[${items}]`) as { device: string; seq?: number }[]) {
      if (seq === undefined) continue
      const numbers = committed.get(device) ?? new Set<number>()
      committed.set(device, numbers.add(seq))
    }
  }
}

/** A small disk for the gateway's data; false where this user may not mount one. */
export function mountSmallDisk(folder: string, megabytes: number): boolean {
  mkdirSync(folder, { recursive: true })
  if (process.getuid?.() !== 0) return false
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  return true
}

export const unmount = (folder: string): void => void execFileSync('umount', ['-l', folder])

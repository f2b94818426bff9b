import { setImmediate as breathe } from 'node:timers/promises'
import { loadThingModels, type ThingModelFile } from '../industries/thing-models.ts'
import type { Fleet, FleetDevice } from './config.ts'
import { type MachineSetup, movePlants, newPlants, type Plants } from './plants.ts'
import { loadProfiles } from './profile.ts'
import { closedIntervals, type Message, readingsOf } from './readings.ts'

const MINUTE_MS = 60_000
/** Messages leave together every second second: the platform stores them in one go, which costs half of once a second. */
const GRID_S = 2
/** How far back machines have a past when they are first seen, or seen again. */
export const PAST_MS = 4 * 60 * MINUTE_MS
/** Longer than the time between two snapshots: counters that were sent after the last one are reached again before a jump. */
const REPLAY_MS = 3 * MINUTE_MS

interface Member {
  device: FleetDevice
  model: ThingModelFile
  setup: MachineSetup
  offsetS: number
  /** Texts as they were sent last, and the minute of it. */
  texts: { minute: number; values: Message['values'] }
}

/** A text is sent when it changes and once a minute: it seldom changes, and each stored one costs as much as ten numbers. */
function withoutKnownTexts(message: Message, { texts }: Member): Message {
  const minute = Math.floor(message.ts / MINUTE_MS)
  if (minute !== texts.minute) texts.values = {}
  texts.minute = minute
  const values: Message['values'] = {}
  for (const [name, value] of Object.entries(message.values)) {
    if (typeof value === 'string' && texts.values[name] === value) continue
    if (typeof value === 'string') texts.values[name] = value
    values[name] = value
  }
  return { ...message, values }
}

/** All demo machines: `send` gets each message of each device, in its order of time. */
export function createFleet(fleet: Fleet, send: (device: FleetDevice, message: Message) => void) {
  const models = loadThingModels()
  const profiles = loadProfiles()
  const members = fleet.devices.map((device, i): Member => {
    const model = models.get(device.model)
    const profile = profiles.get(device.model)
    if (!model || !profile) throw new Error(`No machine type is called ${device.model}.`)
    const setup = { key: `${device.orgCode}/${device.deviceCode}`, plant: device.plant, profile, seed: fleet.seed + i * 7_919 }
    return { device, model, setup, offsetS: (i * GRID_S) % device.everyS, texts: { minute: 0, values: {} } }
  })
  const setups = members.map((member) => member.setup)

  /** Moves on and sends what is due: a machine's message each `everyS` seconds, or each minute of the past. */
  function moveTo(plants: Plants, untilMs: number, due: (member: Member, second: number) => boolean): void {
    movePlants(plants, setups, fleet.plants, untilMs)
    for (const member of members) {
      const machine = plants.machines[member.setup.key]
      if (!machine) continue
      for (const message of closedIntervals(member.model, machine)) send(member.device, message)
      if (!due(member, plants.atMs / 1_000)) continue
      send(member.device, withoutKnownTexts(readingsOf(member.model, member.setup.profile, machine, plants.atMs), member))
    }
  }

  return {
    /** Where the machines stood at last, or somewhere in their lives four hours ago. */
    begin(kept: Plants | undefined, nowMs: number): Plants {
      if (!kept) return newPlants(setups, nowMs - PAST_MS)
      if (nowMs - kept.atMs <= PAST_MS) return kept
      movePlants(kept, setups, fleet.plants, kept.atMs + REPLAY_MS)
      kept.atMs = nowMs - PAST_MS - (nowMs % 1_000)
      return kept
    },
    /** The past up to a minute ago, a message a minute; lets others run in between. */
    async catchUp(plants: Plants, nowMs: () => number, signal: AbortSignal): Promise<void> {
      while (plants.atMs + MINUTE_MS < nowMs() && !signal.aborted) {
        moveTo(plants, (Math.floor(plants.atMs / MINUTE_MS) + 1) * MINUTE_MS, () => true)
        await breathe()
      }
    },
    /** Somebody set the machine. */
    set(plants: Plants, { orgCode, deviceCode }: FleetDevice, values: Message['values']): void {
      Object.assign(plants.machines[`${orgCode}/${deviceCode}`]?.values ?? {}, values)
    },
    /** The present, second by second. */
    tick(plants: Plants, nowMs: number): void {
      while (plants.atMs + 1_000 <= nowMs) moveTo(plants, plants.atMs + 1_000, ({ device, offsetS }, s) => s % device.everyS === offsetS)
    },
  }
}

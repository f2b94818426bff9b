import { wallMs } from '#values/instant.ts'
import { type Machine, newMachine, stepMachine } from './machine.ts'
import type { Profile } from './profile.ts'

/** Minutes of the plant's day; a shift may pass midnight. */
export interface ShiftHours {
  startMinute: number
  endMinute: number
}

export interface PlantSetup {
  code: string
  timeZone: string
  /** None: the plant never stands still. */
  shifts: readonly ShiftHours[]
}

export interface MachineSetup {
  key: string
  plant: string
  profile: Profile
  seed: number
}

/** All plants at an instant: plain data. */
export interface Plants {
  atMs: number
  machines: Record<string, Machine>
}

export const STEP_MS = 1_000
const DAY_MINUTES = 1_440

export function newPlants(setups: readonly MachineSetup[], atMs: number): Plants {
  return {
    atMs: atMs - (atMs % STEP_MS),
    machines: Object.fromEntries(setups.map(({ key, profile, seed }) => [key, newMachine(profile, seed)])),
  }
}

/** Moves everything to an instant by steps of one length on one grid: the same start and end always give the same plants. */
export function movePlants(plants: Plants, setups: readonly MachineSetup[], plantSetups: readonly PlantSetup[], untilMs: number): void {
  const calendars = new Map(plantSetups.map((plant) => [plant.code, plantCalendar(plant)]))
  // A meter comes after the machines it sums.
  const order = [...setups].sort((a, b) => Number(a.profile.sums !== undefined) - Number(b.profile.sums !== undefined))
  while (plants.atMs + STEP_MS <= untilMs) {
    plants.atMs += STEP_MS
    const powerKw = new Map<string, number>()
    for (const { key, plant, profile, seed } of order) {
      plants.machines[key] ??= newMachine(profile, seed)
      const machine = plants.machines[key]
      const calendar = calendars.get(plant)?.(plants.atMs)
      const plantPowerKw = powerKw.get(plant) ?? 0
      stepMachine(profile, machine, {
        atMs: plants.atMs,
        dtS: STEP_MS / 1_000,
        inShift: calendar?.inShift ?? true,
        ambientC: calendar?.ambientC ?? 22,
        plantPowerKw,
      })
      if (!profile.sums) powerKw.set(plant, plantPowerKw + machine.powerKw)
    }
  }
}

interface PlantInstant {
  inShift: boolean
  ambientC: number
}

/** Shift and air temperature of a plant, looked up once a minute. */
function plantCalendar({ timeZone, shifts }: PlantSetup): (atMs: number) => PlantInstant {
  let minute = Number.NaN
  let facts: PlantInstant = { inShift: true, ambientC: 22 }
  return (atMs) => {
    const now = Math.floor(atMs / 60_000)
    if (now === minute) return facts
    minute = now
    const minuteOfDay = Math.floor(wallMs(atMs, timeZone) / 60_000) % DAY_MINUTES
    // Coolest at five in the morning.
    const ambientC = 22 - 3.5 * Math.cos(((minuteOfDay - 300) / DAY_MINUTES) * 2 * Math.PI)
    facts = { inShift: shifts.length === 0 || shifts.some((shift) => covers(shift, minuteOfDay)), ambientC }
    return facts
  }
}

const covers = ({ startMinute, endMinute }: ShiftHours, minute: number) =>
  startMinute < endMinute ? minute >= startMinute && minute < endMinute : minute >= startMinute || minute < endMinute

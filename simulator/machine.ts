import type { MachineState, Profile } from './profile.ts'
import { between, duration, noise, type RandomState, randomFrom, uniform, weighted } from './random.ts'
import { curveAt, firstSignals, moveSignals } from './signals.ts'

/** One machine as it stands at an instant: plain data, so that a snapshot of it continues exactly where it stood. */
export interface Machine {
  random: RandomState
  state: MachineState
  stateLeftS: number
  cycleS: number
  /** 0 at a cycle's start, 1 at its end. */
  phase: number
  lastCycleS: number
  powerKw: number
  energyKwh: number
  /** True values of the properties; what is sent is rounded to their decimals. */
  values: Record<string, number | string | boolean>
  /** What a property needs besides its value: a level drawn for this cycle, energy of the interval under way. */
  memory: Record<string, number>
  /** Properties whose sensor is out of order, until the fault is mended. */
  brokenSensors: string[]
}

const SENSOR_BREAKS_IN = 0.2

/** A machine before its first step: somewhere in its life, its counters as if it had run for up to two years. */
export function newMachine(profile: Profile, seed: number): Machine {
  const random = randomFrom(seed)
  const hours = between(random, 800, 9_000)
  const machine: Machine = {
    random,
    state: 'idle',
    stateLeftS: between(random, 5, 300),
    cycleS: between(random, ...profile.cycleS),
    phase: uniform(random),
    lastCycleS: 0,
    powerKw: profile.powerKw.idle,
    energyKwh: profile.powerKw.producing * hours * 0.55,
    values: {},
    memory: {},
    brokenSensors: [],
  }
  machine.lastCycleS = machine.cycleS
  firstSignals(profile, machine, hours)
  return machine
}

export interface StepFacts {
  /** Instant at the end of the step. */
  atMs: number
  dtS: number
  inShift: boolean
  ambientC: number
  /** What the plant's other machines draw at this step; read by a meter alone. */
  plantPowerKw: number
}

/** Moves a machine on by one step. Given the same machine and facts it always comes out the same. */
export function stepMachine(profile: Profile, machine: Machine, facts: StepFacts): void {
  moveState(profile, machine, facts)
  const cyclesDone = moveCycle(profile, machine, facts.dtS)
  machine.powerKw = powerOf(profile, machine, facts)
  machine.energyKwh += (machine.powerKw * facts.dtS) / 3_600
  moveSignals(profile, machine, facts, cyclesDone)
}

function moveState(profile: Profile, machine: Machine, { dtS, inShift }: StepFacts): void {
  if (profile.sums) {
    machine.state = 'producing'
    return
  }
  if (!inShift) {
    if (machine.state !== 'off') enter(profile, machine, 'off')
    return
  }
  machine.stateLeftS -= dtS
  // Off ends with the shift's start, not by itself: the crew comes machine by machine.
  if (machine.state === 'off') enter(profile, machine, uniform(machine.random) < 0.5 ? 'setup' : 'idle')
  else if (machine.stateLeftS <= 0) enter(profile, machine, weighted(machine.random, profile.next[machine.state] ?? { producing: 1 }))
}

function enter(profile: Profile, machine: Machine, state: MachineState): void {
  machine.state = state
  machine.stateLeftS = state === 'off' ? 0 : duration(machine.random, profile.meanMinutes[state] * 60)
  const measured = Object.entries(profile.signals).filter(([, s]) => s.is === 'thermal' || s.is === 'level')
  const breaks = uniform(machine.random) < SENSOR_BREAKS_IN
  const which = measured[Math.floor(uniform(machine.random) * measured.length)]?.[0]
  machine.brokenSensors = state === 'fault' && breaks && which !== undefined ? [which] : []
  if (state === 'setup') machine.memory.program = Math.floor(uniform(machine.random) * 1_000)
}

/** The number of cycles that ended in this step; a machine that stands keeps the part of the cycle it has done. */
function moveCycle(profile: Profile, machine: Machine, dtS: number): number {
  if (machine.state !== 'producing') return 0
  machine.phase += dtS / machine.cycleS
  const done = Math.floor(machine.phase)
  if (done === 0) return 0
  machine.phase -= done
  machine.lastCycleS = machine.cycleS
  machine.cycleS = between(machine.random, ...profile.cycleS)
  return done
}

function powerOf(profile: Profile, machine: Machine, { plantPowerKw }: StepFacts): number {
  const { powerKw } = profile
  const shape = machine.state === 'producing' && powerKw.cycle ? curveAt(powerKw.cycle, machine.phase) : 1
  const own = Math.max(0, powerKw[machine.state] * shape + noise(machine.random, machine.state === 'off' ? 0 : powerKw.noise))
  return profile.sums ? own + plantPowerKw : own
}

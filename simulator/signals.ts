import type { Machine, StepFacts } from './machine.ts'
import { type MachineState, type Profile, type Signal, stateCode } from './profile.ts'
import { between, noise, uniform } from './random.ts'

type Of<Kind extends Signal['is']> = Extract<Signal, { is: Kind }>

/** The value of a curve of straight lines. */
export function curveAt(points: readonly (readonly [number, number])[], x: number): number {
  let before = points[0] ?? [0, 0]
  for (const point of points) {
    if (point[0] >= x) {
      const span = point[0] - before[0]
      return span === 0 ? point[1] : before[1] + ((point[1] - before[1]) * (x - before[0])) / span
    }
    before = point
  }
  return before[1]
}

const levelOf = (signal: Of<'thermal'> | Of<'level'>, state: MachineState) => signal[state] ?? signal.idle ?? signal.off ?? signal.producing

/** Values of a machine that nobody has watched yet: counters of its past life, temperatures of its state. */
export function firstSignals(profile: Profile, machine: Machine, hoursRun: number): void {
  const cycles = Math.floor((hoursRun * 3_600 * 0.7) / ((profile.cycleS[0] + profile.cycleS[1]) / 2))
  for (const [name, signal] of Object.entries(profile.signals)) {
    if (signal.is === 'count') machine.values[name] = Math.floor(cycles * signal.perCycle * signal.share)
    else if (signal.is === 'hours') machine.values[name] = hoursRun * signal.when.length * 0.45
    else if (signal.is === 'integral') machine.values[name] = Math.floor(hoursRun * 1_000 * between(machine.random, 0.5, 1.5))
    else if (signal.is === 'thermal') {
      const level = levelOf(signal, machine.state)
      machine.memory[name] = typeof level === 'number' ? level : level[0]
    }
  }
}

/** Moves every property on by one step. What hangs on another property comes after it. */
export function moveSignals(profile: Profile, machine: Machine, facts: StepFacts, cyclesDone: number): void {
  const later: [string, Of<'linear'> | Of<'product'> | Of<'integral'>][] = []
  for (const [name, signal] of Object.entries(profile.signals)) {
    if (signal.is === 'linear' || signal.is === 'product' || signal.is === 'integral') later.push([name, signal])
    else machine.values[name] = moved(name, signal, machine, profile, facts, cyclesDone)
  }
  // An integral may run over a product.
  const rank = { linear: 0, product: 0, integral: 1 }
  for (const [name, signal] of later.sort(([, a], [, b]) => rank[a.is] - rank[b.is])) {
    machine.values[name] = derived(name, signal, machine, facts)
  }
}

function moved(
  name: string,
  signal: Exclude<Signal, { is: 'linear' | 'product' | 'integral' }>,
  machine: Machine,
  profile: Profile,
  facts: StepFacts,
  cyclesDone: number,
): number | string | boolean {
  const { state, values, memory, random } = machine
  const before = Number(values[name] ?? 0)
  switch (signal.is) {
    case 'state':
      return stateCode[state]
    case 'flag':
      return signal.when.includes(state)
    case 'choice':
      return signal.of[(memory.program ?? 0) % signal.of.length] ?? ''
    case 'power':
      return machine.powerKw
    case 'energy':
      return machine.energyKwh
    case 'intervalEnergy':
      return intervalEnergy(name, signal.minutes, machine, facts)
    case 'setPoint':
      return values[name] ?? signal.at
    case 'thermal': {
      const truth = thermal(signal, memory[name], state, facts, shiftOf(signal, machine, profile))
      memory[name] = truth
      return truth + noise(random, signal.noise)
    }
    case 'level':
      return level(name, signal, machine, cyclesDone) + noise(random, signal.noise)
    case 'cycle':
      return (state === 'producing' ? curveAt(signal.points, machine.phase) : signal.rest) + noise(random, signal.noise)
    case 'count': {
      let count = before
      for (let i = 0; i < cyclesDone * signal.perCycle; i++) if (uniform(random) < signal.share) count++
      return count
    }
    case 'hours':
      return before + (signal.when.includes(state) ? facts.dtS / 3_600 : 0)
    case 'cycleTime':
      return machine.lastCycleS
    default:
      return signal satisfies never
  }
}

/** Exact for any step: T(t + dt) = target + (T(t) − target)·e^(−dt/τ). */
function thermal(
  signal: Of<'thermal'>,
  before: number | undefined,
  state: MachineState,
  { dtS, ambientC }: StepFacts,
  shift: number,
): number {
  const wanted = state === 'off' && signal.off === undefined ? ambientC : levelOf(signal, state)
  const target = (typeof wanted === 'number' ? wanted : (wanted[0] + wanted[1]) / 2) + shift
  return target + ((before ?? target) - target) * Math.exp(-dtS / signal.tauS)
}

/** How far a set point was moved from where it stood at delivery. */
function shiftOf({ follows }: Of<'thermal'>, { state, values }: Machine, { signals }: Profile): number {
  const set = follows?.when.includes(state) ? signals[follows.set] : undefined
  return set?.is === 'setPoint' && follows ? Number(values[follows.set] ?? set.at) - set.at : 0
}

/** A level that is a range is drawn anew with each cycle and each change of state. */
function level(name: string, signal: Of<'level'>, { state, memory, random }: Machine, cyclesDone: number): number {
  const wanted = levelOf(signal, state)
  if (typeof wanted === 'number') return wanted
  const drawn = memory[name]
  if (drawn !== undefined && cyclesDone === 0 && memory[`${name}.state`] === stateCode[state]) return drawn
  memory[`${name}.state`] = stateCode[state]
  const next = between(random, wanted[0], wanted[1])
  memory[name] = next
  return next
}

/** Sums the power; when an interval ends its energy becomes the value, and `name.endMs` the stamp it is sent with. */
function intervalEnergy(name: string, minutes: number, { memory, values, powerKw }: Machine, { atMs, dtS }: StepFacts): number {
  const running = (memory[name] ?? 0) + (powerKw * dtS) / 3_600
  const lengthMs = minutes * 60_000
  const number = Math.floor(atMs / lengthMs)
  const last = memory[`${name}.number`] ?? number
  memory[`${name}.number`] = number
  if (number === last) {
    memory[name] = running
    return Number(values[name] ?? 0)
  }
  memory[name] = 0
  // The first interval was watched from somewhere in its middle, and so is one that a gap in time ran into.
  if (memory[`${name}.whole`] === 1 && number === last + 1) memory[`${name}.endMs`] = number * lengthMs
  memory[`${name}.whole`] = number === last + 1 ? 1 : 0
  return running
}

function derived(name: string, signal: Of<'linear'> | Of<'product'> | Of<'integral'>, machine: Machine, { dtS }: StepFacts): number {
  const value = (of: string) => Number(machine.values[of] ?? 0)
  switch (signal.is) {
    case 'linear':
      return value(signal.of) * signal.factor + signal.offset + noise(machine.random, signal.noise)
    case 'product':
      return value(signal.of[0]) * value(signal.of[1]) * signal.factor
    case 'integral':
      return value(name) + (Math.max(0, value(signal.of)) * dtS) / signal.perS
    default:
      return signal satisfies never
  }
}

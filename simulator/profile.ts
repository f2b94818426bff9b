import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/** What a machine is doing; the number is its code on the wire. */
export const stateCode = { off: 0, idle: 1, setup: 2, producing: 3, fault: 4 } as const
export type MachineState = keyof typeof stateCode
export const machineStates = Object.keys(stateCode) as MachineState[]

const State = z.enum(machineStates)
const Level = z.union([z.number(), z.tuple([z.number(), z.number()])])
/** A value per state. Where a state is not named: idle's, else off's, else producing's. */
const ByState = { off: Level.optional(), idle: Level.optional(), setup: Level.optional(), producing: Level, fault: Level.optional() }
/** Fraction of the cycle → value, straight lines between. */
const Curve = z.array(z.tuple([z.number().min(0).max(1), z.number()])).min(2)
const noise = z.number().min(0).default(0)

/** How one property of a thing model comes about. */
export const Signal = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('state') }),
  /** True in these states. */
  z.strictObject({ is: z.literal('flag'), when: z.array(State).min(1) }),
  /** Changes with the set-up. */
  z.strictObject({ is: z.literal('choice'), of: z.array(z.string()).min(1) }),
  z.strictObject({ is: z.literal('power') }),
  /** The integral of the power. */
  z.strictObject({ is: z.literal('energy') }),
  /** The energy of a closed interval, stamped with its end. */
  z.strictObject({ is: z.literal('intervalEnergy'), minutes: z.int().min(1).max(60) }),
  /** Moves towards the state's temperature with one time constant: dT/dt = (target − T) / τ. */
  z.strictObject({
    is: z.literal('thermal'),
    ...ByState,
    tauS: z.number().min(1),
    noise,
    /** In these states its levels are those of the set point as it was delivered, and move with it. */
    follows: z.strictObject({ set: z.string(), when: z.array(State).min(1) }).optional(),
  }),
  /** What somebody set; `at` until somebody does. */
  z.strictObject({ is: z.literal('setPoint'), at: z.number() }),
  /** Follows the state at once; of a range one value is drawn per cycle. */
  z.strictObject({ is: z.literal('level'), ...ByState, noise }),
  /** Repeats with the machine's cycle; `rest` outside production. */
  z.strictObject({ is: z.literal('cycle'), points: Curve, rest: z.number(), noise }),
  z.strictObject({ is: z.literal('count'), perCycle: z.int().min(1), share: z.number().min(0).max(1).default(1) }),
  z.strictObject({ is: z.literal('hours'), when: z.array(State).min(1) }),
  z.strictObject({ is: z.literal('cycleTime') }),
  z.strictObject({ is: z.literal('linear'), of: z.string(), factor: z.number(), offset: z.number(), noise }),
  z.strictObject({ is: z.literal('product'), of: z.tuple([z.string(), z.string()]), factor: z.number() }),
  /** A counter that runs with another signal's rate, which is given per so many seconds. */
  z.strictObject({ is: z.literal('integral'), of: z.string(), perS: z.number().min(1) }),
])
export type Signal = z.infer<typeof Signal>

const Weights = z.partialRecord(State, z.number().min(0))

/** How a machine type behaves: `simulator/profiles/<thing model>.yaml`. */
export const Profile = z.strictObject({
  model: z.string(),
  /** Shortest and longest cycle while producing. */
  cycleS: z.tuple([z.number().min(1), z.number()]),
  meanMinutes: z.strictObject({ producing: z.number(), idle: z.number(), setup: z.number(), fault: z.number() }),
  /** What follows a state, by weight. */
  next: z.partialRecord(State, Weights).default({
    producing: { idle: 0.6, setup: 0.24, fault: 0.16 },
    idle: { producing: 0.85, setup: 0.15 },
    setup: { producing: 1 },
    fault: { producing: 0.55, setup: 0.3, idle: 0.15 },
  }),
  powerKw: z.strictObject({
    off: z.number(),
    idle: z.number(),
    setup: z.number(),
    producing: z.number(),
    fault: z.number(),
    noise: z.number().min(0),
    /** Factor on the producing power over the cycle. */
    cycle: Curve.optional(),
  }),
  /** `plant`: its power is what the plant's other machines draw, and its own on top. */
  sums: z.literal('plant').optional(),
  signals: z.record(z.string(), Signal),
})
export type Profile = z.infer<typeof Profile>

const folder = join(import.meta.dirname, 'profiles')

/** Every profile by its thing model's code. */
export function loadProfiles(): Map<string, Profile> {
  return new Map(
    globSync('*.yaml', { cwd: folder }).map((file) => {
      const parsed = Profile.safeParse(parse(readFileSync(join(folder, file), 'utf8')))
      if (!parsed.success) throw new Error(`simulator/profiles/${file}: ${z.prettifyError(parsed.error)}`)
      if (`${parsed.data.model}.yaml` !== basename(file)) throw new Error(`simulator/profiles/${file} speaks of ${parsed.data.model}`)
      return [parsed.data.model, parsed.data]
    }),
  )
}

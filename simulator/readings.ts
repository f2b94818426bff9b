import { quality } from '#values/quality.ts'
import type { ThingModelFile, ThingModelProperty } from '../industries/thing-models.ts'
import type { Machine } from './machine.ts'
import type { Profile } from './profile.ts'

/** One message of decision 17: `v1/{org}/{device}/telemetry`. */
export interface Message {
  ts: number
  values: Record<string, number | string | boolean>
  q?: Record<string, number>
  seq?: number
}

/** What a machine sends at an instant: its properties as its instruments show them. */
export function readingsOf(model: ThingModelFile, profile: Profile, machine: Machine, ts: number): Message {
  const values: Message['values'] = {}
  const q: Record<string, number> = {}
  for (const property of model.properties) {
    // An interval is sent when it is over, with its own stamp.
    if (property.kind === 'interval' || profile.signals[property.name] === undefined) continue
    const value = machine.values[property.name]
    if (value === undefined) continue
    values[property.name] = typeof value === 'number' ? shown(value, property) : value
    if (machine.brokenSensors.includes(property.name)) q[property.name] = quality.badSensorFailure
  }
  return Object.keys(q).length > 0 ? { ts, values, q } : { ts, values }
}

/** Intervals that have ended since they were last asked for. */
export function closedIntervals(model: ThingModelFile, machine: Machine): Message[] {
  return model.properties.flatMap((property) => {
    const endMs = machine.memory[`${property.name}.endMs`]
    const value = machine.values[property.name]
    if (property.kind !== 'interval' || endMs === undefined || typeof value !== 'number') return []
    delete machine.memory[`${property.name}.endMs`]
    return [{ ts: endMs, values: { [property.name]: shown(value, property) } }]
  })
}

/** An instrument shows so many decimals and nothing outside its scale; a counter never runs backwards by rounding. */
function shown(value: number, { valueType, kind, decimals = 0, min, max }: ThingModelProperty): number {
  const inScale = Math.min(max ?? Infinity, Math.max(min ?? -Infinity, value))
  if (valueType === 'integer') return Math.floor(inScale)
  const unit = 10 ** decimals
  return (kind === 'counter' ? Math.floor(inScale * unit) : Math.round(inScale * unit)) / unit
}

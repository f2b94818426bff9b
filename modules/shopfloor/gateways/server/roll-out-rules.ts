import { protocols } from '#edge/drivers/protocols.ts'
import type { Settings } from '../contract.ts'
import { type PointRow, placeProblems, type RowProblem } from '../point-rows.ts'
import type { RollOutState, RowChange, RowsDifference } from '../roll-out-contract.ts'
import type { Reason } from './tables.ts'

export type RollOutAction = 'resume' | 'stop' | 'rollBack' | 'pause' | 'finish'

/** The life of a roll-out. What was stopped or done may be rolled back; what was stopped may go on. */
export const rollOutTransitions: Record<RollOutState, Partial<Record<RollOutAction, RollOutState>>> = {
  canary: { pause: 'paused', stop: 'stopped', rollBack: 'rolledBack', finish: 'done' },
  paused: { resume: 'running', stop: 'stopped', rollBack: 'rolledBack' },
  running: { finish: 'done', stop: 'stopped', rollBack: 'rolledBack' },
  stopped: { resume: 'running', rollBack: 'rolledBack' },
  done: { rollBack: 'rolledBack' },
  rolledBack: {},
}

const flat = (row: PointRow): Record<string, string> => {
  const { name: _, place, ...rest } = row
  const fields = [...Object.entries(rest), ...Object.entries(place).map(([key, value]) => [`place.${key}`, value] as const)]
  return Object.fromEntries(fields.map(([key, value]) => [key, value == null ? '' : String(value)]))
}

function changeOf(before: PointRow, after: PointRow): RowChange {
  const [old, now] = [flat(before), flat(after)]
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter((field) => (old[field] ?? '') !== (now[field] ?? ''))
    .map((field) => ({ field, before: old[field] ?? '', after: now[field] ?? '' }))
  return { name: after.name, fields }
}

/** What will be read differently: points that come, go, and those of which something is another. */
export function rowsDifference(before: readonly PointRow[], after: readonly PointRow[]): RowsDifference {
  const old = new Map(before.map((row) => [row.name, row]))
  const names = new Set(after.map((row) => row.name))
  const changes = after.flatMap((row) => {
    const earlier = old.get(row.name)
    return earlier ? [changeOf(earlier, row)] : []
  })
  return {
    added: after.filter((row) => !old.has(row.name)).map((row) => row.name),
    removed: before.filter((row) => !names.has(row.name)).map((row) => row.name),
    changed: changes.filter(({ fields }) => fields.length > 0),
  }
}

interface Candidate {
  status: string | undefined
  modelCode: string | undefined
  unit: Settings
}

/** Why a device cannot take rows of a table; undefined: it can. `problems`: of these rows against the newest thing model. */
export function blockedBy(
  table: { protocol: string; model_code: string },
  device: Candidate,
  problems: readonly RowProblem[],
): Reason | undefined {
  if (device.status === undefined) return { code: 'gateways.rollOut.reasons.notYours', details: {} }
  if (device.status === 'retired') return { code: 'gateways.rollOut.reasons.retired', details: {} }
  if (device.modelCode !== table.model_code) return { code: 'gateways.rollOut.reasons.otherModel', details: { model: device.modelCode } }
  const [problem] = problems
  if (problem) return { code: 'gateways.rollOut.reasons.rowsWrong', details: { row: problem.row + 1, n: problems.length } }
  const unit = protocols[table.protocol]?.unit
  const [wrong] = unit ? placeProblems(unit, device.unit) : []
  if (wrong) return { code: 'gateways.rollOut.reasons.unitWrong', details: { text: String(device.unit[wrong.field] ?? '') } }
  return undefined
}

import type { z } from 'zod'
import { devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { PointRow } from '../point-rows.ts'
import { type DraftPoint, type MachineDraft, placeOf } from './draft.ts'

const { name: Name } = PointRow.shape

/** Nameplates stand still: they are asked for when the link begins, and now and then. */
const NAMEPLATE = /;(Identification|SoftwareIdentification)\//
const NAMEPLATE_MS = 60_000
const PERIOD_MS = 1_000

export type NewModel = z.input<typeof devicesApi.createThingModel.body>

/** Thing model and point rows of what was chosen, or what is wrong with it: a code of `companion.…` with its words' gaps. */
export type CheckedDraft =
  | { kind: 'checked'; thingModel: NewModel; rows: PointRow[] }
  | { kind: 'wrong'; code: 'needName' | 'twice' | 'needLabel'; names: string }
  | { kind: 'wrong'; code: 'issues'; n: number; first: string; message: string }

export function checkDraft(
  head: { code: string; name: string; description: string },
  points: readonly DraftPoint[],
  { methods, events }: Pick<MachineDraft, 'methods' | 'events'>,
): CheckedDraft {
  const told = (names: readonly string[]) => names.slice(0, 5).join('、')
  const badNames = points.map(({ name }) => name).filter((name) => !Name.safeParse(name).success)
  if (badNames.length > 0) return { kind: 'wrong', code: 'needName', names: told(badNames) }
  const twice = points.map(({ name }) => name).filter((name, i, names) => names.indexOf(name) !== i)
  if (twice.length > 0) return { kind: 'wrong', code: 'twice', names: told(twice) }
  const bare = points.filter(({ label }) => label.trim() === '').map(({ name }) => name)
  if (bare.length > 0) return { kind: 'wrong', code: 'needLabel', names: told(bare) }
  const model = {
    code: head.code,
    name: head.name,
    nameEn: null,
    description: head.description,
    definition: {
      properties: points.map(({ path: _, optional: __, states, unit, kind, ...property }) => ({
        ...property,
        kind,
        unit: unit || null,
        states: kind === 'state' ? states : null,
      })),
      events: events.map((event) => ({ ...event, severity: 'info' as const, parameters: [] })),
      commands: methods.map(({ path: _, method: __, optional: ___, ...command }) => command),
    },
  }
  const checked = devicesApi.createThingModel.body.safeParse(model)
  if (!checked.success) {
    const [issue] = checked.error.issues
    const at = issue?.path[1] === 'properties' ? points[Number(issue.path[2])]?.name : undefined
    return { kind: 'wrong', code: 'issues', n: checked.error.issues.length, first: at ?? '', message: issue?.message ?? '' }
  }
  const rest = { scale: 1, offset: 0, deadband: 0 }
  return {
    kind: 'checked',
    thingModel: checked.data,
    rows: [
      ...points.map(({ path, name, access }) => ({
        ...rest,
        name,
        place: placeOf(path),
        periodMs: NAMEPLATE.test(path) ? NAMEPLATE_MS : PERIOD_MS,
        access,
      })),
      ...methods.map(({ path, method, name }) => ({
        ...rest,
        name,
        place: { ...placeOf(path), method },
        periodMs: PERIOD_MS,
        access: 'call' as const,
      })),
    ],
  }
}

import { UNIT_MARK } from '#edge/drivers/opcua/address.ts'
import type { MeasuringPoint } from '#modules/shopfloor/devices/contract.ts'
import zhNames from './zh-names.json' with { type: 'json' }

type ValueType = MeasuringPoint['valueType']
type PointKind = MeasuringPoint['kind']

/** A value of a machine that a thing model may have and a point table read, by its browse path from the machine. */
export interface DraftPoint {
  /** `/nsu=<uri>;Identification/nsu=<uri>;Manufacturer`. */
  path: string
  name: string
  label: string
  labelEn: string | null
  valueType: ValueType
  kind: PointKind
  unit: string | null
  access: 'r' | 'rw'
  states: Record<string, string> | null
  /** A machine of the type may lack it. */
  optional: boolean
}

export interface DraftParameter {
  name: string
  label: string
  labelEn: string | null
  valueType: ValueType
}

export interface DraftMethod {
  /** To the object that it is called of; empty for the machine itself. */
  path: string
  /** The node of the method. */
  method: string
  name: string
  label: string
  labelEn: string | null
  parameters: DraftParameter[]
  optional: boolean
}

export interface DraftEvent {
  name: string
  label: string
  labelEn: string | null
}

export type LeftReason = 'array' | 'structure' | 'typeUnknown' | 'placeholder' | 'arguments' | 'tooDeep' | 'tooMany'

/** What a machine's model becomes: `left` is what it has and this platform does not take, with the reason. */
export interface MachineDraft {
  points: DraftPoint[]
  methods: DraftMethod[]
  events: DraftEvent[]
  left: { path: string; reason: LeftReason }[]
}

export const emptyMachine = (): MachineDraft => ({ points: [], methods: [], events: [], left: [] })

/** As many as a thing model takes. */
export const MOST_POINTS = 500
export const MOST_METHODS = 200
export const MOST_LEVELS = 8

const NAME_LENGTH = 64
const LABEL_LENGTH = 60

/** A name for the thing model from browse names, the nearest ones where all are too long; unlike those in `taken`, to which it is added. */
export function pointName(steps: readonly string[], taken: Set<string>): string {
  const words = steps
    .map((step) =>
      step
        .normalize('NFKD')
        .replaceAll(/[^A-Za-z0-9]+/g, '_')
        .replaceAll(/^_+|_+$/g, ''),
    )
    .filter((word) => word !== '')
  while (words.length > 1 && words.join('_').length > NAME_LENGTH - 4) words.shift()
  const plain =
    words
      .join('_')
      .replace(/^[^A-Za-z]+/, '')
      .slice(0, NAME_LENGTH - 4) || 'point'
  let name = plain
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${plain}_${n}`
  taken.add(name.toLowerCase())
  return name
}

/** Words for people: Chinese ones of the file, or ours for the names that the companion models share; with its folder where that tells two apart. */
export function labelsOf(node: { name: string; label: string; labelZh?: string | undefined }): { label: string; labelEn: string | null } {
  const zh = node.labelZh ?? (zhNames as Record<string, string>)[node.name]
  const english = node.label.slice(0, LABEL_LENGTH)
  return zh === undefined ? { label: english || node.name, labelEn: null } : { label: zh.slice(0, LABEL_LENGTH), labelEn: english || null }
}

export type Labels = ReturnType<typeof labelsOf>

/** Points of one label are told apart by what they lie in, by as many of the folders above them as that takes. */
export function toldApart(points: readonly DraftPoint[], foldersOf: (point: DraftPoint) => readonly Labels[]): DraftPoint[] {
  let told = points.map((point) => ({ point, folders: foldersOf(point), label: point.label, labelEn: point.labelEn }))
  for (let n = 1; n <= MOST_LEVELS; n++) {
    const count = Map.groupBy(told, ({ label }) => label)
    told = told.map((one) => {
      const folder = one.folders.at(-n)
      if (!folder || (count.get(one.label)?.length ?? 0) < 2) return one
      const english =
        one.labelEn === null && folder.labelEn === null ? null : `${folder.labelEn ?? folder.label} · ${one.labelEn ?? one.label}`
      return { ...one, label: `${folder.label} · ${one.label}`, labelEn: english }
    })
  }
  const cut = (label: string) => label.slice(-LABEL_LENGTH).replace(/^ · /, '')
  return told.map(({ point, label, labelEn }) => ({ ...point, label: cut(label), labelEn: labelEn === null ? null : cut(labelEn) }))
}

/** How a value of a built-in type is kept; undefined for what is no single value. */
export function takenType(dataType: string): { valueType: ValueType; kind: PointKind } | undefined {
  if (dataType === 'Boolean') return { valueType: 'boolean', kind: 'state' }
  if (/^(Float|Double|Number|Duration)$/.test(dataType)) return { valueType: 'number', kind: 'instant' }
  if (/^(SByte|Byte|U?Int(16|32|64)|U?Integer|DateTime|UtcTime)$/.test(dataType)) return { valueType: 'integer', kind: 'instant' }
  if (/^(String|LocalizedText|QualifiedName|Guid|LocaleId|NodeId)$/.test(dataType)) return { valueType: 'string', kind: 'state' }
  return undefined
}

/** Rows of the point table whose device says which node its machine is. */
export const placeOf = (path: string): Record<string, string> => (path === '' ? { address: UNIT_MARK } : { address: UNIT_MARK, path })

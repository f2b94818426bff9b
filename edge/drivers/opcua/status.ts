import type { QualityName } from '#values/quality.ts'

/** What a StatusCode says of a value (OPC 10000-4 §7.39, 10000-8 annex A): the platform's quality, and the reason where it is not good. */
export interface Judged {
  quality: QualityName
  reason?: string
}

/** The upper half of the code; the lower one holds flags that do not change what it means. */
const known: ReadonlyMap<number, [QualityName, string]> = new Map([
  [0x408f, ['uncertainLastKnown', 'opcua.lastUsable']],
  [0x4090, ['uncertainLastKnown', 'opcua.lastUsable']],
  [0x4091, ['uncertainSubstituted', 'opcua.substituted']],
  [0x4092, ['uncertainSubstituted', 'opcua.initialValue']],
  [0x4093, ['uncertainOutOfRange', 'opcua.sensorNotAccurate']],
  [0x4094, ['uncertainOutOfRange', 'opcua.unitsExceeded']],
  [0x4095, ['uncertain', 'opcua.subNormal']],
  [0x8005, ['badNoCommunication', 'opcua.deviceNoCommunication']],
  [0x800a, ['badTimeout', 'opcua.deviceTimeout']],
  [0x801f, ['badConfiguration', 'opcua.accessDenied']],
  [0x8031, ['badNoCommunication', 'opcua.deviceNoCommunication']],
  [0x8032, ['bad', 'opcua.waitingForData']],
  [0x8033, ['badIllegalAddress', 'opcua.nodeUnknown']],
  [0x8034, ['badIllegalAddress', 'opcua.nodeUnknown']],
  [0x8035, ['badIllegalAddress', 'opcua.notAVariable']],
  [0x8036, ['badIllegalAddress', 'opcua.indexBeyondEnd']],
  [0x8037, ['badIllegalAddress', 'opcua.indexBeyondEnd']],
  [0x803a, ['badConfiguration', 'opcua.notReadable']],
  [0x803b, ['badConfiguration', 'opcua.notWritable']],
  [0x803c, ['badConfiguration', 'opcua.valueOutOfRange']],
  [0x8074, ['badConfiguration', 'opcua.wrongType']],
  [0x8089, ['badConfiguration', 'opcua.deviceConfiguration']],
  [0x808a, ['badNotConnected', 'opcua.deviceNotConnected']],
  [0x808b, ['badDeviceFailure', 'opcua.deviceFailure']],
  [0x808c, ['badSensorFailure', 'opcua.sensorFailure']],
  [0x808d, ['badOutOfService', 'opcua.outOfService']],
])
/** GoodLocalOverride: somebody set the value by hand. */
const GOOD_LOCAL_OVERRIDE = 0x0096

export function judge(statusCode: number): Judged {
  const code = statusCode >>> 16
  const severity = code >>> 14
  if (severity === 0) return { quality: code === GOOD_LOCAL_OVERRIDE ? 'goodManual' : 'good' }
  const [quality, reason] =
    known.get(code) ?? (severity === 1 ? (['uncertain', 'opcua.uncertain'] as const) : (['bad', 'opcua.bad'] as const))
  return { quality, reason }
}

/** A status code as the specification writes it, with its name. */
export const codeOf = ({ value, name }: { value: number; name: string }) => ({
  name: 'opcua.statusCode',
  value: `0x${value.toString(16).toUpperCase().padStart(8, '0')} ${name}`,
})

const callRefusals: ReadonlyMap<number, string> = new Map([
  [0x801f, 'opcua.callDenied'],
  [0x8033, 'opcua.methodUnknown'],
  [0x8034, 'opcua.methodUnknown'],
  [0x803c, 'opcua.argumentsRefused'],
  [0x8074, 'opcua.argumentsRefused'],
  [0x8075, 'opcua.methodUnknown'],
  [0x8076, 'opcua.argumentsRefused'],
  [0x80ab, 'opcua.argumentsRefused'],
  [0x80af, 'opcua.callNotNow'],
  [0x80e5, 'opcua.argumentsRefused'],
  [0x8111, 'opcua.callNotNow'],
])

/** Why a server did not execute a method: words with the gap `{{status}}`. */
export const refusalOf = (statusCode: number): string => callRefusals.get(statusCode >>> 16) ?? 'opcua.callRefused'

/** Unexpected and internal errors, time-outs and what lies behind the server: the method may have run, or a part of it. */
const halfDone = new Set([0x8001, 0x8002, 0x8005, 0x800a, 0x8031, 0x8085, 0x808b])
export const mayHaveActed = (statusCode: number): boolean => halfDone.has(statusCode >>> 16)

/** DataValue information bits: the server's queue ran over and values between two were dropped (OPC 10000-4 table 172). */
export const isOverflow = (statusCode: number): boolean => (statusCode & 0x0c00) === 0x0400 && (statusCode & 0x0080) !== 0

/** The platform takes no stamp before 2000 and none more than five minutes ahead (values/quality.ts, decisions 15); a minute is for the way. */
const EARLIEST_MS = Date.UTC(2000, 0, 1)
const MOST_AHEAD_MS = 4 * 60_000

/**
 * A stamp that can be told from none: 1601 is how OPC UA writes “no time”. One that nobody can mean is dropped and the value doubted, rather
 * than the value lost.
 */
export function stampOf(stampMs: number | undefined, nowMs: number): { sourceMs?: number; doubted: boolean } {
  if (stampMs === undefined || stampMs <= Date.UTC(1601, 0, 2)) return { doubted: false }
  if (stampMs < EARLIEST_MS || stampMs > nowMs + MOST_AHEAD_MS) return { doubted: true }
  return { sourceMs: stampMs, doubted: false }
}

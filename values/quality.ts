/**
 * A sample's quality in one byte: the two high bits are the status (00 good, 01 uncertain, 10 bad, after OPC UA Part 4 §7.39), the six low
 * bits the reason. The table is public: devices send these codes, the API and the pages show them; a code is never given another meaning.
 */
export const qualityStatuses = ['good', 'uncertain', 'bad'] as const
export type QualityStatus = (typeof qualityStatuses)[number]

const STATUS_SHIFT = 6

export const quality = {
  good: 0x00,
  /** Sent later from a gateway's queue, true at its source time. */
  goodBackfill: 0x01,
  /** Written by hand, from a reading. */
  goodManual: 0x02,
  uncertain: 0x40,
  /** The last value that was read; the source has not answered since. */
  uncertainLastKnown: 0x41,
  /** Outside the range the sensor is built for. */
  uncertainOutOfRange: 0x42,
  /** The source's clock is doubted. */
  uncertainClock: 0x43,
  /** An estimate or a substituted value. */
  uncertainSubstituted: 0x44,
  bad: 0x80,
  badNoCommunication: 0x81,
  badTimeout: 0x82,
  badDeviceFailure: 0x83,
  badSensorFailure: 0x84,
  badIllegalAddress: 0x85,
  badConfiguration: 0x86,
  badOutOfService: 0x87,
  badNotConnected: 0x88,
} as const
export type QualityName = keyof typeof quality

const names = new Map<number, QualityName>(Object.entries(quality).map(([name, code]) => [code, name as QualityName]))

/** A code is known when the table names it; what is not known is refused at the rim. */
export const isQualityCode = (code: unknown): code is number => typeof code === 'number' && names.has(code)

export const qualityStatus = (code: number): QualityStatus => qualityStatuses[code >> STATUS_SHIFT] ?? 'bad'

export const qualityName = (code: number): QualityName => names.get(code) ?? 'bad'

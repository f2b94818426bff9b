import type { Failure } from '../../blocks/extent.ts'

const beyond: Failure = { quality: 'badIllegalAddress', reason: 'mc.deviceBeyondEnd', aboutPlace: true }
const inaccessible: Failure = { quality: 'badIllegalAddress', reason: 'mc.deviceUnknown', aboutPlace: true }
const request: Failure = { quality: 'badConfiguration', reason: 'mc.requestRefused' }
const password: Failure = { quality: 'badConfiguration', reason: 'mc.passwordNeeded' }
const otherCode: Failure = { quality: 'badConfiguration', reason: 'mc.otherCode' }

/** End codes, MELSEC Communication Protocol Reference Manual “Error codes” and the CPU’s 4030, 4031. */
const byEndCode: Record<number, Failure> = {
  16432: inaccessible,
  16433: beyond,
  49232: otherCode,
  49233: beyond,
  49234: beyond,
  49235: beyond,
  49236: beyond,
  49237: request,
  49238: beyond,
  49239: request,
  49240: request,
  49241: { quality: 'badConfiguration', reason: 'mc.commandUnsupported' },
  49242: inaccessible,
  49243: inaccessible,
  49244: request,
  49246: { quality: 'badTimeout', reason: 'mc.cpuTooSlow' },
  49247: request,
  49248: request,
  49249: request,
  49250: { quality: 'badConfiguration', reason: 'mc.writeInRunForbidden' },
  49263: otherCode,
  49664: password,
  49665: password,
  49668: password,
}

export const COMMAND_UNSUPPORTED = 0xc059
const TOO_SLOW = 0xc05e

const unknown: Failure = { quality: 'bad', reason: 'mc.unknownEndCode' }

export const failures = {
  noAnswer: { quality: 'badTimeout', reason: 'mc.noAnswer' },
  wrongAnswer: { quality: 'badDeviceFailure', reason: 'mc.wrongAnswer' },
  wrongPlace: { quality: 'badConfiguration', reason: 'mc.wrongPlace' },
  tooLong: { quality: 'badConfiguration', reason: 'mc.longerThanRequest' },
} as const satisfies Record<string, Failure>

export const failureOf = (endCode: number): Failure => byEndCode[endCode] ?? unknown

/** As the manuals write it. */
export const endCodeOf = (endCode: number) => ({ name: 'mc.endCode', value: endCode.toString(16).toUpperCase().padStart(4, '0') })

/** The CPU may have done what it was told: it did not answer its module in time, or said what nobody has listed. */
export const mayHaveWritten = (endCode: number): boolean => endCode === TOO_SLOW || byEndCode[endCode] === undefined

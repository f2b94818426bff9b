import type { Failure } from '../../blocks/extent.ts'

/** Modbus Application Protocol V1.1b3 §7. */
const byCode: Record<number, Failure> = {
  1: { quality: 'badConfiguration', reason: 'modbus.illegalFunction' },
  2: { quality: 'badIllegalAddress', reason: 'modbus.illegalAddress', aboutPlace: true },
  3: { quality: 'badConfiguration', reason: 'modbus.illegalValue', aboutPlace: true },
  4: { quality: 'badDeviceFailure', reason: 'modbus.deviceFailure' },
  5: { quality: 'bad', reason: 'modbus.acknowledge' },
  6: { quality: 'bad', reason: 'modbus.deviceBusy' },
  8: { quality: 'badDeviceFailure', reason: 'modbus.memoryParity' },
  10: { quality: 'badNoCommunication', reason: 'modbus.gatewayPath' },
  11: { quality: 'badNoCommunication', reason: 'modbus.gatewayNoAnswer' },
}

const unknown: Failure = { quality: 'bad', reason: 'modbus.unknownException' }

export const failures = {
  noAnswer: { quality: 'badTimeout', reason: 'modbus.noAnswer' },
  wrongAnswer: { quality: 'badDeviceFailure', reason: 'modbus.wrongAnswer' },
  wrongPlace: { quality: 'badConfiguration', reason: 'modbus.wrongPlace' },
} as const satisfies Record<string, Failure>

export const failureOf = (code: number): Failure => byCode[code] ?? unknown

/** As the specification numbers it: in decimal. */
export const exceptionOf = (code: number) => ({ name: 'modbus.exception', value: String(code) })

export const isIllegalFunction = (code: number): boolean => code === 1

/** The serial gateway speaks for a unit that does not: the unit is away, the link is not. */
export const isAboutUnit = (code: number): boolean => code === 10 || code === 11

/** The device may do it yet, or have done it: 05 says that it works on it, 0B that the answer did not come. */
export const mayHaveWritten = (code: number): boolean => code === 5 || code === 11

import type { Failure } from '../../blocks/extent.ts'
import { itemCodes } from './pdu.ts'

/** By the code of an item; the last of one variable's own faults are `aboutPlace`. */
const byItem: Record<number, Failure> = {
  [itemCodes.hardware]: { quality: 'badDeviceFailure', reason: 's7.hardwareFault' },
  [itemCodes.accessDenied]: { quality: 'badConfiguration', reason: 's7.accessDenied', aboutPlace: true },
  [itemCodes.outOfRange]: { quality: 'badIllegalAddress', reason: 's7.addressOutOfRange', aboutPlace: true },
  [itemCodes.typeUnsupported]: { quality: 'badConfiguration', reason: 's7.typeUnsupported', aboutPlace: true },
  [itemCodes.typeDiffers]: { quality: 'badConfiguration', reason: 's7.typeUnsupported', aboutPlace: true },
  [itemCodes.missing]: { quality: 'badIllegalAddress', reason: 's7.objectMissing', aboutPlace: true },
}

/** By class and code of a PDU's head: the whole request. */
const byHead: Record<number, Failure> = {
  33028: { quality: 'badConfiguration', reason: 's7.accessSwitchedOff' },
  33540: { quality: 'badConfiguration', reason: 's7.accessSwitchedOff' },
  34048: { quality: 'badDeviceFailure', reason: 's7.pduRefused' },
  54786: { quality: 'badConfiguration', reason: 's7.passwordNeeded' },
  53825: { quality: 'badConfiguration', reason: 's7.passwordNeeded' },
}

const unknown: Failure = { quality: 'bad', reason: 's7.unknownError' }

export const failures = {
  noAnswer: { quality: 'badTimeout', reason: 's7.noAnswer' },
  wrongAnswer: { quality: 'badDeviceFailure', reason: 's7.wrongAnswer' },
  wrongPlace: { quality: 'badConfiguration', reason: 's7.wrongPlace' },
  tooLong: { quality: 'badConfiguration', reason: 's7.longerThanPdu' },
} as const satisfies Record<string, Failure>

const inHex = (code: number, digits: number) => `0x${code.toString(16).toUpperCase().padStart(digits, '0')}`
/** The code of one item. */
export const itemCodeOf = (code: number) => ({ name: 's7.returnCode', value: inHex(code, 2) })
/** Class and code of the head. */
export const headCodeOf = (code: number) => ({ name: 's7.errorCode', value: inHex(code, 4) })

export const failureOfItem = (code: number): Failure => byItem[code] ?? unknown
export const failureOfHead = (code: number): Failure => byHead[code] ?? unknown

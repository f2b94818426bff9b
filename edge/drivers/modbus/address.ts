/** The four tables of the data model (Modbus Application Protocol V1.1b3 §4.3). */
export type Table = 'coil' | 'discrete' | 'input' | 'holding'

export interface Address {
  table: Table
  /** As on the wire: the first one is 0 (§4.4). */
  offset: number
  /** Of a register, 0 is the least significant. */
  bit?: number
}

/** `code` has words in zh.json and en.json, `details` are its placeholders. */
export interface AddressProblem {
  code: string
  details: Record<string, string | number>
}

export type ParsedAddress = { kind: 'address'; address: Address } | ({ kind: 'problem' } & AddressProblem)

export const TABLE_SIZE = 65_536
const REGISTER_BITS = 16

const tableOfDigit: Record<string, Table> = { '0': 'coil', '1': 'discrete', '3': 'input', '4': 'holding' }
const digitOfTable: Record<Table, string> = { coil: '0', discrete: '1', input: '3', holding: '4' }
const tableOfName: Record<string, Table> = {
  coil: 'coil',
  co: 'coil',
  discrete: 'discrete',
  di: 'discrete',
  input: 'input',
  ir: 'input',
  holding: 'holding',
  hr: 'holding',
}

export const isRegister = (table: Table): boolean => table === 'input' || table === 'holding'

/**
 * Two notations, told apart by how they are written:
 * - `holding:0`, `hr:100.3`, `input:0x1F`: the number on the wire, the first is 0, hexadecimal after 0x;
 * - `40001`, `400001`, `4x0001`, `4x0001.3`: the maker's reference, the first is 1. In digits alone a bit has two digits (`40001.03`), since
 *   a spreadsheet makes 40001.1 of 40001.10.
 */
export function parseAddress(text: string): ParsedAddress {
  const plain = text.normalize('NFKC').trim().toLowerCase()
  const named = /^([a-z]+)\s*:\s*(0x[0-9a-f]+|\d+)(?:\.(\d+))?$/.exec(plain)
  if (named) {
    const table = tableOfName[named[1]!]
    return table === undefined
      ? problem('modbus.addressTableUnknown', { text: named[1]! })
      : located(text, table, Number(named[2]), 0, named[3])
  }
  const reference = /^(\d)(x?)(\d*)(?:\.(\d+))?$/.exec(plain)
  const table = tableOfDigit[reference?.[1] ?? '']
  if (!reference || table === undefined) return problem('modbus.addressUnreadable', { text })
  const [, , x, digits = '', bit] = reference
  if (x === '' && digits.length !== 4 && digits.length !== 5) return problem('modbus.addressDigits', { text })
  if (x === '' && bit?.length === 1) return problem('modbus.addressBitDigits', { text, bit })
  return located(text, table, Number(digits), 1, bit)
}

/** The one way of writing it that says whether the first is 0 or 1: `holding:100.3`. */
export const formatAddress = ({ table, offset, bit }: Address): string => `${table}:${offset}${bit === undefined ? '' : `.${bit}`}`

/** The maker's way of writing it, as in the manual: `400101.03`. */
export const formatReference = ({ table, offset, bit }: Address): string =>
  `${digitOfTable[table]}${String(offset + 1).padStart(5, '0')}${bit === undefined ? '' : `.${String(bit).padStart(2, '0')}`}`

function located(text: string, table: Table, number: number, first: 0 | 1, bitText: string | undefined): ParsedAddress {
  const last = TABLE_SIZE - 1 + first
  if (number < first || number > last) return problem('modbus.addressOutOfRange', { text, first, last })
  const address = { table, offset: number - first }
  if (bitText === undefined) return { kind: 'address', address }
  if (!isRegister(table)) return problem('modbus.addressBitOfCoil', { text })
  const bit = Number(bitText)
  return bit < REGISTER_BITS ? { kind: 'address', address: { ...address, bit } } : problem('modbus.addressBitOutOfRange', { text, bit })
}

const problem = (code: string, details: AddressProblem['details']): ParsedAddress => ({ kind: 'problem', code, details })

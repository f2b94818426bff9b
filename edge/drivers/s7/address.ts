/** Memory areas of the classic S7 protocol: data blocks, merkers, process images, timers, counters. */
export type Area = 'DB' | 'M' | 'I' | 'Q' | 'T' | 'C'

export interface Address {
  area: Area
  /** Of a data block; 0 elsewhere. */
  db: number
  /** In bytes, the first is 0; the number of a timer or counter. */
  offset: number
  /** 0 is the least significant of its byte. */
  bit?: number
  /** Bytes that the address's own letter says: B 1, W 2, D 4. */
  width?: number
}

/** `code` has words in zh.json and en.json, `details` are its placeholders. */
export interface AddressProblem {
  code: string
  details: Record<string, string | number>
}

export type ParsedAddress = { kind: 'address'; address: Address } | ({ kind: 'problem' } & AddressProblem)

/** The address field of the wire has 24 bits, three of them for the bit. */
const LAST_BYTE = 65_535
const LAST_NUMBER = 65_535

const widths: Record<string, number> = { B: 1, W: 2, D: 4 }
/** German and international mnemonics; V is how S7-200 names its DB1. */
const areas: Record<string, { area: Area; db: number }> = {
  M: { area: 'M', db: 0 },
  I: { area: 'I', db: 0 },
  E: { area: 'I', db: 0 },
  Q: { area: 'Q', db: 0 },
  A: { area: 'Q', db: 0 },
  V: { area: 'DB', db: 1 },
  T: { area: 'T', db: 0 },
  C: { area: 'C', db: 0 },
  Z: { area: 'C', db: 0 },
}

/** `DB1.DBD4`, `DB1.DBX0.3`, `DB1.4`, `DB1.0.3`, `MW10`, `I0.0` (`E0.0`), `QB1` (`AB1`), `VW100`, `T5`, `C5` (`Z5`). */
export function parseAddress(text: string): ParsedAddress {
  const compact = text.toUpperCase().replaceAll(/\s/g, '').replace(/^%/, '')
  const block = /^DB(\d+)[.,](?:DB)?([XBWD])?(\d+)(?:\.(\d))?$/.exec(compact)
  const other = block ? null : /^([MIEQAVTCZ])([XBWD])?(\d+)(?:\.(\d))?$/.exec(compact)
  const [, first = '', letter, number = '', bitText] = block ?? other ?? []
  const where = block ? { area: 'DB' as const, db: Number(first) } : areas[first]
  const bad = (code: string): ParsedAddress => ({ kind: 'problem', code, details: { text } })
  if (!where) return bad('s7.addressUnreadable')
  const counted = where.area === 'T' || where.area === 'C'
  if (counted && (letter !== undefined || bitText !== undefined)) return bad('s7.addressUnreadable')
  if (letter === 'X' && bitText === undefined) return bad('s7.addressUnreadable')
  const offset = Number(number)
  if (offset > LAST_BYTE || where.db > LAST_NUMBER || (where.area === 'DB' && where.db < 1)) return bad('s7.addressBeyondEnd')
  const width = letter === undefined ? undefined : widths[letter]
  if (width !== undefined && bitText !== undefined) return bad('s7.addressUnreadable')
  const bit = bitText === undefined ? undefined : Number(bitText)
  if (bit !== undefined && bit > 7) return bad('s7.bitBeyondEnd')
  return { kind: 'address', address: { ...where, offset, ...(bit !== undefined && { bit }), ...(width !== undefined && { width }) } }
}

/** What lies in one stretch of memory: `DB7`, `M`. */
export const tableOf = ({ area, db }: Address): string => (area === 'DB' ? `DB${db}` : area)

export const isCounted = (area: Area): boolean => area === 'T' || area === 'C'

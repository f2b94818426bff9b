/** How a value lies in the data of its identifier: so many bytes of BCD, the lowest first. */
export interface Form {
  bytes: number
  decimals: number
  /** The highest bit of the highest byte is the sign. */
  signed: boolean
}

const form = (bytes: number, decimals: number, signed = false): Form => ({ bytes, decimals, signed })

/** Quantities of DL/T 645-2007 appendix A.2 (the second byte of 02 identifiers): voltage, current, powers, factor, angle. */
const quantities: Record<number, Form> = {
  1: form(2, 1),
  2: form(3, 3, true),
  3: form(3, 4, true),
  4: form(3, 4, true),
  5: form(3, 4, true),
  6: form(2, 3, true),
  7: form(2, 1),
}
/** 0280 00xx: neutral current, frequency, mean power, demands, temperature, batteries. */
const others: Record<number, Form> = {
  1: form(3, 3),
  2: form(2, 2),
  3: form(3, 4),
  4: form(3, 4),
  5: form(3, 4),
  6: form(3, 4),
  7: form(2, 1, true),
  8: form(2, 2),
  9: form(2, 2),
}

/** Data identifier as its eight hexadecimal digits, DI3 first; undefined where it is none. */
export const parseIdentifier = (text: string): number | undefined => (/^[0-9A-Fa-f]{8}$/.test(text) ? Number.parseInt(text, 16) : undefined)

const part = (identifier: number, of: 0 | 1 | 2 | 3): number => (identifier >>> (of * 8)) & 0xff

/** What the standard says of an identifier; undefined where it leaves it to the maker, or it is no number. */
export function formOf(identifier: number): Form | undefined {
  const [di3, di2, di0] = [part(identifier, 3), part(identifier, 2), part(identifier, 0)]
  if (di3 === 0x00 && di2 <= 0x0a) return form(4, 2, di2 === 0x00 || di2 === 0x03 || di2 === 0x04)
  if (di3 === 0x01 && di2 <= 0x0a) return form(3, 4)
  if (di3 === 0x02 && di2 === 0x80) return others[di0]
  if (di3 === 0x02) return quantities[di2]
  return undefined
}

/** Identifiers that one request reads together (DI1 = FF): energies by tariff, quantities by phase. Undefined where there is no such block. */
export function blockOf(identifier: number): { block: number; index: number; form: Form } | undefined {
  const [di3, di2, di1, di0] = [part(identifier, 3), part(identifier, 2), part(identifier, 1), part(identifier, 0)]
  const own = formOf(identifier)
  if (!own || di0 !== 0 || di1 === 0xff) return undefined
  const block = ((identifier & 0xffff00ff) | 0xff00) >>> 0
  if (di3 === 0x00) return { block, index: di1, form: own }
  if (di3 !== 0x02 || di2 === 0x80 || di1 > 3) return undefined
  // Powers and factors begin with the total, the others with phase A.
  const withTotal = di2 >= 0x03 && di2 <= 0x06
  const index = withTotal ? di1 : di1 - 1
  return index < 0 ? undefined : { block, index, form: own }
}

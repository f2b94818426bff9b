import { parseAddress as parseDevice } from '#edge/drivers/mc/address.ts'
import { formatReference, parseAddress as parseReference } from '#edge/drivers/modbus/address.ts'
import { parseNode } from '#edge/drivers/opcua/address.ts'

export type TagList = 'kepware' | 'neuron'

export interface TagPlace {
  place: Record<string, string | number>
  /** The station that stands in the address itself: here it belongs to the device, not to its rows. */
  station?: string
  /** The driver places the decimal point itself. */
  ownDecimals?: true
}

/** `gateways.tagList.reasons.…` */
export interface Untranslated {
  reason: string
  details?: Record<string, string>
}

export type Translated = TagPlace | Untranslated
type Translate = (address: string, type: string, settings: TagSettings) => Translated

export interface TagSettings {
  /** KEPServerEX keeps the word order with the device, not in the list; its own default is the low word first. */
  wordOrder: 'ABCD' | 'CDAB'
}

const unreadable: Untranslated = { reason: 'address' }

/** Type names of KEPServerEX (Tag Properties, Data Type) and of Neuron (Data types) as ours. */
const typeNames: Record<TagList, Record<string, string>> = {
  kepware: {
    boolean: 'bool',
    char: 'int8',
    byte: 'uint8',
    short: 'int16',
    word: 'uint16',
    long: 'int32',
    dword: 'uint32',
    llong: 'int64',
    qword: 'uint64',
    float: 'float32',
    double: 'float64',
    bcd: 'bcd16',
    lbcd: 'bcd32',
    string: 'string',
  },
  neuron: {
    bit: 'bool',
    bool: 'bool',
    int8: 'int8',
    uint8: 'uint8',
    int16: 'int16',
    uint16: 'uint16',
    word: 'uint16',
    int32: 'int32',
    uint32: 'uint32',
    dword: 'uint32',
    int64: 'int64',
    uint64: 'uint64',
    lword: 'uint64',
    float: 'float32',
    double: 'float64',
    string: 'string',
  },
}

export const typeOfTag = (list: TagList, text: string): string | undefined => typeNames[list][text.trim().toLowerCase()]

const bitsOf = (type: string): number => Number(/\d+$/.exec(type)?.[0] ?? 0)

/** A reference with as many zeros as KEPServerEX leaves out (`41` is 40001), and a bit of a register. */
function reference(digits: string, type: string, bit?: string): string | Untranslated {
  const padded = digits.length < 5 ? `${digits[0]}${digits.slice(1).padStart(4, '0')}` : digits
  const parsed = parseReference(padded)
  if (parsed.kind === 'problem') return unreadable
  if (bits8.has(type)) return { reason: 'type', details: { type } }
  const { table, offset } = parsed.address
  return formatReference(bit === undefined ? { table, offset } : { table, offset, bit: Number(bit) })
}
const bits8 = new Set(['int8', 'uint8'])

/** `400001`, `40001.3` (a bit), `400010.20H` (a text of 20 bytes, the high byte first). */
const kepwareModbus: Translate = (text, type, { wordOrder }): Translated => {
  const [, digits = '', number, half] = /^([0134]\d{1,5})(?:\.(\d+)([HL])?)?$/i.exec(text) ?? []
  if (digits === '') return unreadable
  if (type === 'string' && number === undefined) return { reason: 'length' }
  const address = reference(digits, type, type === 'string' ? undefined : number)
  if (typeof address !== 'string') return address
  if (type === 'string')
    return { place: { address, dataType: type, length: Number(number), order: half?.toUpperCase() === 'L' ? 'BADC' : 'ABCD' } }
  return { place: { address, dataType: type, ...(bitsOf(type) >= 32 && { order: wordOrder }) } }
}

/** Orders of the bytes 1, 2, 3, 4 as Neuron writes them; of one register #B and #L. */
const neuronOrders: Record<string, string> = { B: 'BADC', L: 'ABCD', LL: 'ABCD', LB: 'BADC', BL: 'CDAB', BB: 'DCBA' }

/** `1!400001`, `1!400001.4` (a bit), `1!400001#BL`, `1!400001.10H` (a text of 10 bytes). */
const neuronModbus: Translate = (text, type): Translated => {
  const [, station = '', digits = '', number, half, order] =
    /^(\d{1,3})!([0134]\d{4,5})(?:\.(\d+)([HLDE])?)?(?:#(B|L|LL|LB|BL|BB))?$/i.exec(text) ?? []
  if (digits === '') return unreadable
  if (type === 'string' && number === undefined) return { reason: 'length' }
  if (half && 'DE'.includes(half.toUpperCase())) return { reason: 'textForm' }
  const address = reference(digits, type, type === 'string' ? undefined : number)
  if (typeof address !== 'string') return address
  if (type === 'string')
    return { place: { address, dataType: type, length: Number(number), order: half?.toUpperCase() === 'H' ? 'ABCD' : 'BADC' }, station }
  const named = order && neuronOrders[order.toUpperCase()]
  return { place: { address, dataType: type, ...(named && { order: named }) }, station }
}

const s7Letter = (type: string): string => ({ 8: 'B', 16: 'W', 32: 'D' })[bitsOf(type)] ?? ''
const s7Areas: Record<string, string> = { I: 'I', E: 'I', Q: 'Q', A: 'Q', O: 'Q', M: 'M', F: 'M' }

/** An address by its area and byte, the letter after what the value is wide. */
function s7Place(where: string, byte: string, type: string, bit: string | undefined): Translated {
  const block = where.startsWith('DB')
  if (type === 'bool' && bit === undefined) return unreadable
  if (type !== 'bool' && bit !== undefined && bit !== '0') return { reason: 'array' }
  const letter = type === 'bool' ? (block ? 'X' : '') : s7Letter(type)
  if (letter === '' && type !== 'bool' && !block) return { reason: 'type', details: { type } }
  return {
    place: { address: `${where}${block ? `.${letter && 'DB'}` : ''}${letter}${byte}${type === 'bool' ? `.${bit}` : ''}`, dataType: type },
  }
}

/** `DB1,INT4`, `DB1,X0.3`, `DB1.DBX0.3`, `DB1,STRING10.20`, `MW10`, `IX0.0`, `T5`, `C5`. */
const kepwareS7: Translate = (text, type): Translated => {
  const compact = text.toUpperCase().replaceAll(/\s/g, '')
  const counted = /^([TCZ])(\d+)$/.exec(compact)
  if (counted) return { place: { address: compact, dataType: counted[1] === 'T' ? 'timer' : 'counter' } }
  if (/^P[IEQA]/.test(compact)) return { reason: 'peripheral' }
  if (compact.includes('[')) return { reason: 'array' }
  const [, block, area = '', letters = '', byte = '', after] =
    /^(?:(DB\d+)[,.](?:DB)?|([IEQAMF]))([A-Z]*?)(\d+)(?:\.(\d+))?$/.exec(compact) ?? []
  const where = block ?? s7Areas[area]
  if (!where) return unreadable
  if (['DATE', 'DT', 'TIME', 'TOD'].includes(letters) && type === 'string') return { reason: 'textForm' }
  if (letters === 'STRING' || type === 'string') {
    if (after === undefined) return { reason: 'length' }
    if (!block || (letters !== 'STRING' && !['B', 'BYTE', 'C', 'CHAR'].includes(letters))) return { reason: 'textForm' }
    return {
      place: { address: `${where}.DBB${byte}`, dataType: 'string', form: letters === 'STRING' ? 'string' : 'chars', length: Number(after) },
    }
  }
  if (after !== undefined && letters !== 'X' && letters !== '') return { reason: 'wordBit' }
  if (after !== undefined && type !== 'bool' && letters === 'X') return { reason: 'type', details: { type } }
  return s7Place(where, byte, type, after)
}

/** `DB10.DBW10` whatever the type, `DB1.DBX0.3`, `I0.0`, `O2`, `F4`, `C8`. */
const neuronS7: Translate = (text, type): Translated => {
  const compact = text.toUpperCase().replaceAll(/\s/g, '')
  if (/^C\d+$/.test(compact)) return { place: { address: compact, dataType: 'counter' } }
  // Neuron gives the timer's raw word, our driver its milliseconds.
  if (/^[TC]\d/.test(compact)) return { reason: 'timer' }
  const [, block, letter, area = '', byte = '', bit] = /^(?:(DB\d+)\.DB([XBWD])|([IOFEQAM]))(\d+)(?:\.(\d+))?$/.exec(compact) ?? []
  const where = block ?? s7Areas[area]
  if (!where) return unreadable
  if (type === 'string') return { reason: 'textForm' }
  // In a word the documentation counts bits to 15 and does not say in which of its bytes the first one lies.
  if (bit !== undefined && (letter === 'W' || letter === 'D')) return { reason: 'wordBit' }
  return s7Place(where, byte, type, bit)
}

/** `D100`, `D100.5`: both count the bits of a word in decimal numbers, ours are as the maker writes them. */
const melsec: Translate = (text, type): Translated => {
  const [, device = '', bit] = /^([A-Z]+[0-9A-F]+)(?:\.(\d{1,2}))?$/i.exec(text.replaceAll(/\s/g, '')) ?? []
  if (type === 'string') return { reason: 'textForm' }
  if (bits8.has(type)) return { reason: 'type', details: { type } }
  if (bit !== undefined && (Number(bit) > 15 || type !== 'bool')) return unreadable
  const address = bit === undefined ? device : `${device}.${Number(bit).toString(16).toUpperCase()}`
  return parseDevice(address, { boolean: type === 'bool' }).kind === 'problem' ? unreadable : { place: { address, dataType: type } }
}

const kepwareOpcua: Translate = (text) =>
  parseNode(text, 'unit').kind === 'problem' || !/[=]/.test(text) ? unreadable : { place: { address: text } }

/** `2!Device1.Tag1`, `0!2258`, `1[2]!array` (the third element). */
const neuronOpcua: Translate = (text): Translated => {
  const [, namespace = '', index, id = ''] = /^(\d+)(?:\[([\d,]+)\])?!(.+)$/.exec(text) ?? []
  if (id === '') return unreadable
  if (index?.includes(',')) return { reason: 'array' }
  const kind = /^\d+$/.test(id) ? 'i' : /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? 'g' : 's'
  return { place: { address: `ns=${namespace};${kind}=${id}`, ...(index !== undefined && { index: Number(index) }) } }
}

/** `123456789012#02-01-01-00`: the number of the meter, the identifier. */
const neuronMeter: Translate = (text): Translated => {
  const [, station = '', identifier = ''] = /^(\d{1,12})#([0-9a-f]{2}(?:-[0-9a-f]{2}){3})$/i.exec(text) ?? []
  return station === '' ? unreadable : { place: { address: identifier.replaceAll('-', '').toUpperCase() }, station, ownDecimals: true }
}

/** By list and protocol; what is not here has no such list, or addresses that ours do not have. */
const translators: Record<TagList, Record<string, Translate>> = {
  kepware: { modbus: kepwareModbus, s7: kepwareS7, mc: melsec, opcua: kepwareOpcua },
  neuron: { modbus: neuronModbus, s7: neuronS7, mc: melsec, opcua: neuronOpcua, dlt645: neuronMeter },
}

export const translatorOf = (list: TagList, protocol: string): Translate | undefined => translators[list][protocol]

/**
 * Devices of Q, L, iQ-F and iQ-R by their codes in frames for Q/L (subcommand 000x): MELSEC Communication Protocol Reference Manual,
 * “Device code list”. `hex`: numbers are written in hexadecimal.
 */
export const devices = {
  SM: { code: 0x91, bits: true, hex: false },
  SD: { code: 0xa9, bits: false, hex: false },
  X: { code: 0x9c, bits: true, hex: true },
  Y: { code: 0x9d, bits: true, hex: true },
  M: { code: 0x90, bits: true, hex: false },
  L: { code: 0x92, bits: true, hex: false },
  F: { code: 0x93, bits: true, hex: false },
  V: { code: 0x94, bits: true, hex: false },
  B: { code: 0xa0, bits: true, hex: true },
  D: { code: 0xa8, bits: false, hex: false },
  W: { code: 0xb4, bits: false, hex: true },
  TS: { code: 0xc1, bits: true, hex: false },
  TC: { code: 0xc0, bits: true, hex: false },
  TN: { code: 0xc2, bits: false, hex: false },
  SS: { code: 0xc7, bits: true, hex: false },
  SC: { code: 0xc6, bits: true, hex: false },
  SN: { code: 0xc8, bits: false, hex: false },
  CS: { code: 0xc4, bits: true, hex: false },
  CC: { code: 0xc3, bits: true, hex: false },
  CN: { code: 0xc5, bits: false, hex: false },
  SB: { code: 0xa1, bits: true, hex: true },
  SW: { code: 0xb5, bits: false, hex: true },
  S: { code: 0x98, bits: true, hex: false },
  Z: { code: 0xcc, bits: false, hex: false },
  R: { code: 0xaf, bits: false, hex: false },
} as const satisfies Record<string, { code: number; bits: boolean; hex: boolean }>

export type DeviceName = keyof typeof devices

export const isDeviceName = (name: string): name is DeviceName => name in devices

export interface Address {
  device: DeviceName
  /** The number of the word or bit device. */
  number: number
  /** Of a word device. */
  bit?: number
}

/** `code` has words in zh.json and en.json, `details` are its placeholders. */
export interface AddressProblem {
  code: string
  details: Record<string, string | number>
}

export type ParsedAddress = { kind: 'address'; address: Address } | ({ kind: 'problem' } & AddressProblem)

/** Numbers have three bytes, or six digits in ASCII. */
const LAST_DECIMAL = 999_999
const LAST_HEXADECIMAL = 0xffffff

/** A timer’s or counter’s contact where a boolean is wanted, its present value where a number is. */
const contactOrValue: Record<string, { contact: DeviceName; value: DeviceName }> = {
  T: { contact: 'TS', value: 'TN' },
  C: { contact: 'CS', value: 'CN' },
}

/** `D100`, `D100.A` (a bit), `M10`, `X1F`, `TN5`, `T5`; X and Y in octal where the CPU counts them so (FX5). */
export function parseAddress(text: string, { boolean = false, octal = false } = {}): ParsedAddress {
  const bad = (code: string): ParsedAddress => ({ kind: 'problem', code, details: { text } })
  const compact = text.toUpperCase().replaceAll(/\s/g, '')
  const [, letters = '', digits = '', bitText] = splitAt(compact) ?? []
  const short = contactOrValue[letters]
  const device = short ? short[boolean ? 'contact' : 'value'] : letters
  if (!isDeviceName(device)) return bad('mc.addressUnreadable')
  const { bits, hex } = devices[device]
  const inOctal = octal && (device === 'X' || device === 'Y')
  const form = inOctal ? /^[0-7]+$/ : hex ? /^[0-9A-F]+$/ : /^\d+$/
  if (!form.test(digits)) return bad('mc.addressUnreadable')
  const number = Number.parseInt(digits, inOctal ? 8 : hex ? 16 : 10)
  if (number > (hex ? LAST_HEXADECIMAL : LAST_DECIMAL)) return bad('mc.addressBeyondEnd')
  if (bitText === undefined) return { kind: 'address', address: { device, number } }
  if (bits) return bad('mc.bitOfBit')
  return { kind: 'address', address: { device, number, bit: Number.parseInt(bitText, 16) } }
}

/** The longest device name that is followed by digits of its own kind: `SB10` is no S, `BA` is B in hexadecimal. */
function splitAt(text: string): [string, string, string, string | undefined] | undefined {
  for (const length of [2, 1]) {
    const letters = text.slice(0, length)
    const [, digits, bit] = /^([0-9A-F]+)(?:\.([0-9A-F]))?$/.exec(text.slice(length)) ?? []
    if (digits !== undefined && (letters in contactOrValue || isDeviceName(letters))) return [text, letters, digits, bit]
  }
  return undefined
}

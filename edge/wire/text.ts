import type { Encoding } from '../drivers/protocol-fields.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const gb18030 = new TextDecoder('gb18030', { fatal: true })

/** Up to the first zero byte, without the blanks at the end; undefined when the bytes are no text of this encoding. */
export function decodeText(bytes: Buffer, length: number, encoding: Encoding): string | undefined {
  const whole = bytes.subarray(0, length)
  const end = whole.indexOf(0)
  const used = end === -1 ? whole : whole.subarray(0, end)
  if (encoding === 'ascii') return used.every((byte) => byte < 0x80) ? used.toString('latin1').trimEnd() : undefined
  try {
    return (encoding === 'utf-8' ? utf8 : gb18030).decode(used).trimEnd()
  } catch {
    return undefined
  }
}

type Text = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; why: 'textTooLong' | 'textNotInEncoding' }

/** The bytes of the characters alone, `length` of them at most. */
export function encodeText(text: string, length: number, encoding: Encoding): Text {
  const bytes = text.includes('\0') ? undefined : bytesOf(text, encoding)
  if (!bytes) return { kind: 'refused', why: 'textNotInEncoding' }
  return bytes.length > length ? { kind: 'refused', why: 'textTooLong' } : { kind: 'bytes', bytes }
}

function bytesOf(text: string, encoding: Encoding): Buffer | undefined {
  if (encoding === 'gb18030') return gbBytes(text)
  if (encoding === 'utf-8') return text.isWellFormed() ? Buffer.from(text, 'utf8') : undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it says.
  return /^[\x00-\x7f]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined
}

/** The platform decodes GB 18030 and encodes UTF-8 only; the part of two bytes (GBK) is all that a PLC's display has. */
function gbBytes(text: string): Buffer | undefined {
  gbTable ??= makeGbTable()
  const bytes: number[] = []
  for (const character of text) {
    const code = character.charCodeAt(0) < 0x80 ? [character.charCodeAt(0)] : gbTable.get(character)
    if (!code) return undefined
    bytes.push(...code)
  }
  return Buffer.from(bytes)
}

let gbTable: Map<string, number[]> | undefined

/** GB 18030-2022, two-byte part: lead 0x81–0xFE, trail 0x40–0x7E and 0x80–0xFE. */
function makeGbTable(): Map<string, number[]> {
  const table = new Map<string, number[]>()
  for (let lead = 0x81; lead <= 0xfe; lead++)
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      if (trail === 0x7f) continue
      const character = gb18030.decode(Uint8Array.of(lead, trail))
      if (!table.has(character)) table.set(character, [lead, trail])
    }
  return table
}

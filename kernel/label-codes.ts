import { crc32, deflateSync } from 'node:zlib'
import bwip from 'bwip-js/node'
import { encode } from 'uqr'

// Codes of labels as pictures of one bit per pixel. A PDF takes them as they are; drawn as one rectangle per module, 500 labels were half a
// million rectangles and took most of the printer's time.

/** Of a module: a viewer that smooths what it enlarges must not blur edges that a scanner looks for. */
const PIXELS = 8

type Modules = readonly (readonly boolean[])[]

/** PNG (ISO/IEC 15948), greyscale of one bit, as a data URL. */
function picture(modules: Modules): string {
  const [width, height] = [(modules[0]?.length ?? 0) * PIXELS, modules.length * PIXELS]
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  // A byte holds one module; before each line stands its filter, none.
  const lines = modules.flatMap((row) => {
    const line = Buffer.from([0, ...row.map((dark) => (dark ? 0x00 : 0xff))])
    return Array.from({ length: PIXELS }, () => line)
  })
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(lines))), chunk('IEND', Buffer.alloc(0))]
  return `data:image/png;base64,${Buffer.concat([SIGNATURE, ...chunks]).toString('base64')}`
}
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const around = Buffer.alloc(8)
  around.writeUInt32BE(data.length, 0)
  around.writeUInt32BE(crc32(content), 4)
  return Buffer.concat([around.subarray(0, 4), content, around.subarray(4)])
}

/** Level M survives a scratched label. With its quiet zone, as the bars. */
export const qrPicture = (text: string): string => picture(encode(text, { ecc: 'M', border: 4 }).data)

/** Data Matrix ECC 200 (ISO/IEC 16022), square: half as large as a QR code of the same text, for small boxes. */
export function matrixPicture(text: string): string {
  const [symbol] = bwip.raw('datamatrix', text)
  if (!symbol || !('pixs' in symbol)) throw new RangeError(`No Data Matrix of: ${text}`)
  const { pixs, pixx, pixy } = symbol
  const row = (y: number) => Array.from({ length: pixx }, (_, x) => pixs[y * pixx + x] === 1)
  const blank = Array.from({ length: pixx + 2 }, () => false)
  return picture([blank, ...Array.from({ length: pixy }, (_, y) => [false, ...row(y), false]), blank])
}

/** Widths of bars and spaces of each symbol value (ISO/IEC 15417, table 1); 105 begins in set C, 106 ends. */
const CODE_128 =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'.split(
    ' ',
  )
const [START_C, FNC1, STOP] = [105, 102, 106]

/** GS1-128 of digits in pairs, as that of an SSCC is: its bars, from the first to the last dark one. */
function gs1Bars(digits: string): boolean[] {
  if (!/^(\d\d)+$/.test(digits)) throw new RangeError(`No pairs of digits: ${digits}`)
  const values = [FNC1, ...(digits.match(/\d\d/g) ?? []).map(Number)]
  const check = values.reduce((sum, value, i) => sum + value * (i + 1), START_C) % 103
  const widths = [START_C, ...values, check, STOP].map((value) => CODE_128[value]).join('')
  return [...widths].flatMap((width, i) => Array.from({ length: Number(width) }, () => i % 2 === 0))
}

const QUIET = Array.from({ length: 10 }, () => false)
export const barsPicture = (digits: string): string => picture([[...QUIET, ...gs1Bars(digits), ...QUIET]])

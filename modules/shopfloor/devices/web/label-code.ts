import { encode } from 'uqr'

/** Light modules around the code; the standard asks for four (ISO/IEC 18004 §6.3.8), of which the label's own margin gives two. */
const BORDER = 2

/** A QR code as one SVG path over a square of `size` units; level M survives a scratched label. */
export function labelCode(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: BORDER })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: path.join('') }
}

const LENGTHS = [8, 12, 13, 14]

/** GS1 General Specifications 7.9: weights 3 and 1 from the right, the check digit makes the sum a multiple of ten. */
export function isGtin(code: string): boolean {
  if (!/^\d+$/.test(code) || !LENGTHS.includes(code.length)) return false
  const sum = [...code].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0)
  return sum % 10 === 0
}

/** All ways in which a code may be written: itself, and where it is a GTIN those of other lengths, which differ by leading zeros alone. */
export function gtinWritings(code: string): string[] {
  if (!isGtin(code)) return [code]
  const digits = code.replace(/^0+/, '')
  return LENGTHS.filter((length) => length >= digits.length).map((length) => digits.padStart(length, '0'))
}

export const sameGtin = (a: string, b: string): boolean => gtinWritings(a).includes(b)

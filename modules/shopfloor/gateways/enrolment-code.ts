/** Crockford's base 32: no I, L, O, U, so that nothing is misread from a screen across the workshop. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Sixty bits: by guessing, at ten a minute and address, for no hour of anybody's life. */
export const CODE_LETTERS = 12
const GROUP = 4

/** `7K3M-Q2ZD-8RTV` of as many random bytes as letters. */
export function codeOf(random: Uint8Array): string {
  const letters = [...random.subarray(0, CODE_LETTERS)].map((byte) => LETTERS[byte % LETTERS.length])
  return Array.from({ length: CODE_LETTERS / GROUP }, (_, i) => letters.slice(i * GROUP, (i + 1) * GROUP).join('')).join('-')
}

/** As it was meant: without blanks and dashes, small letters and look-alikes read as what they stand for. */
export const readCode = (typed: string): string => typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')

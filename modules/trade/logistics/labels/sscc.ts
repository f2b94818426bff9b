/**
 * Serial shipping container codes (GS1 General Specifications §3.3.1): extension digit, company prefix, serial, check digit. Who has no
 * prefix of GS1 gets codes of the range for restricted circulation (prefix 04), by his number on this platform: good between partners here,
 * not beyond.
 */
const BODY_DIGITS = 16
const RESTRICTED = '04'
const ORG_DIGITS = 7

/** GS1 §7.9.1: from the right, weights 3 and 1. */
export function checkDigit(digits: string): string {
  let sum = 0
  for (let i = 0; i < digits.length; i++) sum += Number(digits.at(-1 - i)) * (i % 2 === 0 ? 3 : 1)
  return String((10 - (sum % 10)) % 10)
}

export const hasCheckDigit = (code: string): boolean => /^\d{2,}$/.test(code) && checkDigit(code.slice(0, -1)) === code.at(-1)

export const isSscc = (code: string): boolean => code.length === BODY_DIGITS + 2 && hasCheckDigit(code)

/** What an organisation's codes begin with, behind the extension digit. */
export const prefixOf = (gs1Prefix: string | null, orgNo: number): string =>
  gs1Prefix ?? RESTRICTED + String(orgNo).padStart(ORG_DIGITS, '0')

/** The n-th code of a prefix, from 1; the extension digit takes what the serial cannot hold. Undefined where all are used up. */
export function ssccOf(prefix: string, n: number): string | undefined {
  const serialDigits = BODY_DIGITS - prefix.length
  const perExtension = 10 ** serialDigits
  const extension = Math.floor(n / perExtension)
  if (!/^\d{6,14}$/.test(prefix) || !Number.isSafeInteger(n) || n < 1 || extension > 9) return undefined
  const body = `${extension}${prefix}${String(n % perExtension).padStart(serialDigits, '0')}`
  return body + checkDigit(body)
}

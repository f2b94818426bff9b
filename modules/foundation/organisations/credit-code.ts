/** Unified social credit code: 18 characters of a 31-letter alphabet, the last a check character (GB 32100-2015 §5, annex A). */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const WEIGHTS = Array.from({ length: 17 }, (_, i) => 3 ** i % 31)

export function isCreditCode(code: string): boolean {
  return code.length === 18 && [...code].every((c) => ALPHABET.includes(c)) && creditCodeCheck(code.slice(0, 17)) === code[17]
}

/** The check character to 17 characters of the alphabet: C18 = 31 − Σ Ci·3^(i−1) mod 31. */
export function creditCodeCheck(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * ALPHABET.indexOf(first17[i] ?? '0'), 0)
  return ALPHABET[(31 - (sum % 31)) % 31] ?? '0'
}

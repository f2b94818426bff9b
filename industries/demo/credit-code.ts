import { creditCodeCheck } from '#modules/foundation/organisations/credit-code.ts'

const WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]

/**
 * A unified social credit code that passes every check and is nobody's: enterprise (91), an administrative division that does not exist
 * (500999), an organisation code DEM0nnnn with its own check character (GB 11714-1997 §4), and the check character of GB 32100.
 */
export function demoCreditCode(number: number): string {
  const body = `DEM0${String(number).padStart(4, '0')}`
  const sum = [...body].reduce((total, c, i) => total + (WEIGHTS[i] ?? 0) * Number.parseInt(c, 36), 0)
  const check = 11 - (sum % 11)
  const first17 = `91500999${body}${check === 10 ? 'X' : check % 11}`
  return first17 + creditCodeCheck(first17)
}

import type { Condition } from './condition.ts'
import type { PointFacts } from './contract.ts'

type Word = (key: string, values?: Record<string, unknown>) => string

/** A condition in words: of pages and of workbooks, whose `word` looks up this module's words. */
export function conditionText(condition: Condition, point: PointFacts | null, word: Word): string {
  const key = `conditionText.${condition.kind}`
  const quantity = (n: number) => (point?.unit ? `${n} ${point.unit}` : String(n))
  switch (condition.kind) {
    case 'limit':
      return word(`${key}.${condition.level}`, { limit: quantity(condition.limit) })
    case 'rate':
      return word(`${key}.${condition.direction}`, { limit: quantity(condition.limit), per: word(`per.${condition.perS}`) })
    case 'deviation': {
      const from = typeof condition.from === 'number' ? quantity(condition.from) : condition.from
      return word(key, { limit: quantity(condition.limit), from })
    }
    case 'state':
      return word(key, { values: condition.values.map((code) => codeText(code, point, word)).join(word('listComma')) })
    case 'expression':
      return word(key, { expression: condition.expression })
    case 'noData':
      return word(key, { seconds: condition.afterS })
    default:
      return condition satisfies never
  }
}

/** A state's code as people read it; the number where it has no words. */
export function codeText(code: number, point: PointFacts | null, word: Word): string {
  if (point?.valueType === 'boolean') return word(code === 1 ? 'yes' : 'no')
  return point?.states?.[code] ?? String(code)
}

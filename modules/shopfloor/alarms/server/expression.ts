import { type ASTNode, Environment } from '@marcbachmann/cel-js'

/** Whether the alarm stands now: `active ? temp > 75 : temp > 80` returns at another limit than it is raised at. */
const ACTIVE = 'active'
const LIMITS = { maxAstNodes: 150, maxDepth: 30, maxListElements: 50, maxCallArguments: 4 }
/** Alike rules of many devices share one. */
const KEPT = 2_000

const functions: Record<string, { of: string; is: (...args: number[]) => number | boolean }> = {
  abs: { of: 'abs(double): double', is: Math.abs },
  min: { of: 'min(double, double): double', is: Math.min },
  max: { of: 'max(double, double): double', is: Math.max },
  sqrt: { of: 'sqrt(double): double', is: Math.sqrt },
  round: { of: 'round(double): double', is: Math.round },
  floor: { of: 'floor(double): double', is: Math.floor },
  /** Bit `n` of a status word, from 0 on; exact to 2⁵³. */
  bit: { of: 'bit(double, double): bool', is: (word = 0, n = 0) => Math.floor(Math.abs(word) / 2 ** n) % 2 === 1 },
}

/** Numbers, switches and states, compared and reckoned with: what needs no loop and makes nothing that grows. */
const operations = new Set<string>([
  'value',
  'id',
  'call',
  'list',
  'in',
  '?:',
  '||',
  '&&',
  '!_',
  '-_',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
])

export interface Expression {
  /** Points that it looks at. */
  names: readonly string[]
  /** `values` by name, and `active`: whether the alarm stands now. */
  holds(values: Record<string, number | boolean>): boolean
}

/** `at`: the first character that is wrong, from 1 on; `text`: what stands there. */
export type ExpressionProblem =
  | { problem: 'expressionSyntax' | 'expressionUnsupported' | 'expressionMismatch'; at: number; text: string }
  | { problem: 'expressionNotTrueFalse' }

const compiled = new Map<string, Expression | ExpressionProblem>()

/**
 * An expression of CEL (Common Expression Language) over a device's points. Every number is a double, `5 / 9` is 0.55…; functions are those
 * above; strings, maps, fields and loops are not taken.
 */
export function compileExpression(text: string): Expression | ExpressionProblem {
  const known = compiled.get(text)
  if (known) return known
  const made = compile(text)
  compiled.set(text, made)
  if (compiled.size > KEPT) compiled.delete(compiled.keys().next().value!)
  return made
}

function compile(text: string): Expression | ExpressionProblem {
  const { numbers, placeOf } = withDoubles(text)
  const problemAt = (problem: 'expressionSyntax' | 'expressionUnsupported' | 'expressionMismatch', range: Range) => {
    // Where it breaks off, its last character is shown.
    const start = Math.min(placeOf(range.start), Math.max(0, text.trimEnd().length - 1))
    const end = placeOf(range.end)
    return { problem, at: start + 1, text: text.slice(start, Math.max(end, start + 1)) }
  }
  const names = new Set<string>()
  try {
    const free = new Environment({ unlistedVariablesAreDyn: true, limits: LIMITS })
    const odd = oddNode(free.parse(numbers).ast, names)
    if (odd) return problemAt('expressionUnsupported', odd.range)
  } catch (error) {
    return problemAt('expressionSyntax', rangeOf(error))
  }
  names.delete(ACTIVE)
  const env = environmentOf(names)
  const checked = env.check(numbers)
  if (!checked.valid) return problemAt('expressionMismatch', rangeOf(checked.error))
  if (checked.type !== 'bool') return { problem: 'expressionNotTrueFalse' }
  const parsed = env.parse(numbers)
  return { names: [...names], holds: (values) => parsed(values) === true }
}

function environmentOf(points: ReadonlySet<string>): Environment {
  const env = new Environment({ limits: LIMITS }).registerVariable(ACTIVE, 'bool')
  for (const { of, is } of Object.values(functions)) env.registerFunction(of, is)
  env.registerOperator('double % double', (a: number, b: number) => a % b)
  for (const name of points) env.registerVariable(name, 'double')
  return env
}

interface Range {
  start: number
  end: number
}

const rangeOf = (error: unknown): Range => (error as { range?: Range }).range ?? { start: 0, end: 0 }

/** The first node that is none of ours; gathers the names on the way. */
function oddNode(node: ASTNode, names: Set<string>): ASTNode | undefined {
  if (!operations.has(node.op)) return node
  if (node.op === 'value') return typeof node.args === 'number' || typeof node.args === 'boolean' ? undefined : node
  if (node.op === 'id') {
    names.add(node.args as string)
    return undefined
  }
  const parts: unknown[] = Array.isArray(node.args) ? node.args.flat() : [node.args]
  if (node.op === 'call' && !Object.hasOwn(functions, String(parts[0]))) return node
  for (const part of parts) {
    const odd = isNode(part) ? oddNode(part, names) : undefined
    if (odd) return odd
  }
  return undefined
}

const isNode = (part: unknown): part is ASTNode => typeof part === 'object' && part !== null && 'op' in part

/** A whole number that is part of no name and no other number. */
const WHOLE = /(?<![\w.])\d+(?![\w.])/g

/** CEL tells whole numbers from doubles and mixes them nowhere; points are doubles, so every number becomes one. */
function withDoubles(text: string): { numbers: string; placeOf: (at: number) => number } {
  const ends: number[] = []
  const numbers = text.replace(WHOLE, (digits, offset: number) => {
    ends.push(offset + digits.length)
    return `${digits}.0`
  })
  const placeOf = (at: number) => {
    let place = at
    ends.forEach((end, i) => {
      if (at > end + i * 2) place = Math.max(end, at - (i + 1) * 2)
    })
    return Math.min(place, text.length)
  }
  return { numbers, placeOf }
}

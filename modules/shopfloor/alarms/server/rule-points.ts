import type { alarmsErrors } from '../errors.ts'
import { type WatchedRule, watchOf } from './condition-rules.ts'
import { compileExpression } from './expression.ts'

export interface PointProblem {
  code: Extract<keyof typeof alarmsErrors, 'pointNotFound' | 'notNumeric' | `expression${string}`>
  details: Record<string, unknown>
}

/** Why a rule cannot be judged over these points (value type by name): what it looks at must exist and be a number. */
export function pointProblem(rule: WatchedRule, types: ReadonlyMap<string, string>): PointProblem | undefined {
  const { condition, pointName } = rule
  let ofExpression: readonly string[] = []
  if (condition.kind === 'expression') {
    const expression = compileExpression(condition.expression)
    if (!('holds' in expression)) {
      const { problem: code, ...details } = expression
      return { code, details }
    }
    if (!expression.names.includes(pointName)) return { code: 'expressionWithoutPoint', details: { point: pointName } }
    ofExpression = expression.names
  }
  for (const point of watchOf(rule).names) {
    const type = types.get(point)
    if (type !== undefined && type !== 'string') continue
    if (point !== pointName && ofExpression.includes(point)) return { code: 'expressionPoint', details: { point } }
    return { code: type === undefined ? 'pointNotFound' : 'notNumeric', details: { point } }
  }
  return undefined
}

import type { States } from '../thing-model.ts'

/** States as people type them: `0=停机, 1=运行`. */
export const statesText = (states: States | null | undefined): string =>
  Object.entries(states ?? {})
    .map(([code, label]) => `${code}=${label}`)
    .join(', ')

/** Undefined where a part is not `code=name`; null for an empty text. */
export function parseStates(text: string): States | null | undefined {
  const parts = text
    .split(/[,，;；\n]/)
    .map((part) => part.trim())
    .filter(Boolean)
  if (parts.length === 0) return null
  const states: States = {}
  for (const part of parts) {
    const [code, ...label] = part.split(/[=＝]/)
    const name = label.join('=').trim()
    if (!code?.trim() || !name) return undefined
    states[code.trim()] = name
  }
  return states
}

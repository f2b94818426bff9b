import type { ImportKnown } from '#values/import.ts'
import type { Resolved, RowProblem } from './definition.ts'
import type { Seen } from './import-store.ts'

type Ready = Extract<Resolved<unknown>, { ready: unknown }>

/** What a right row does to what is stored. */
export function seenIn({ known }: Ready): Seen {
  if (!known) return { effect: 'new', version: null, changes: [] }
  return { effect: known.changes.length > 0 ? 'changes' : 'unchanged', version: known.version, changes: known.changes }
}

export type Outcome = { do: 'write' } | { do: 'nothing'; id: string } | { do: 'refuse'; problem: RowProblem }

const refuse = (code: string): Outcome => ({ do: 'refuse', problem: { column: null, code } })

/**
 * What is done with a right row now. Whoever ordered the import has seen `before`; what has become of the record since is not overwritten.
 * @param before null: of a check that did not look for it.
 */
export function outcomeOf(before: Pick<Seen, 'effect' | 'version'> | null, now: Ready, ordered: ImportKnown): Outcome {
  const { effect } = seenIn(now)
  if (!now.known) return before === null || before.effect === 'new' ? { do: 'write' } : refuse('goneSincePreview')
  if (effect === 'unchanged' || ordered === 'skip') return { do: 'nothing', id: now.known.id }
  return before?.effect === 'changes' && before.version === now.known.version ? { do: 'write' } : refuse('changedSincePreview')
}

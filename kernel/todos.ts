import type { Context } from './context.ts'
import type { OpaqueTx } from './postgres.ts'

export interface TodoItem {
  label: string
  path: string
  /** The last day, `2026-11-26`; null where nothing presses. */
  due: string | null
}

/** Work that waits for whoever may do it; its words stand at `<module>.todos.<name>`. Asked for by every page: it must answer at once. */
export interface TodoKind {
  name: string
  permission: string
  /** The most pressing first, at most `limit` of them; `total` counts all. */
  list(ctx: Context, tx: OpaqueTx, limit: number): Promise<{ total: number; items: TodoItem[] }>
}

import type { Names } from './names.ts'
import type { FinanceDatabase } from './tables.ts'

/** The module's own tables and what it asks of its neighbours. */
export interface Rooms {
  db: FinanceDatabase
  names: Names
}

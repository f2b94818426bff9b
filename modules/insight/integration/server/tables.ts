import type { ModuleDatabase } from '#kernel/postgres.ts'
import type { ReferenceKind } from '#kernel/references.ts'

export interface Parts {
  /** The references' table is the kernel's: modules below write it too. */
  db: ModuleDatabase<never>
  /** Of every module; known when all are made. */
  kinds: () => readonly ReferenceKind[]
}

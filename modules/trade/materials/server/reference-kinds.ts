import { narrow } from '#kernel/postgres.ts'
import type { ReferenceKind } from '#kernel/references.ts'
import type { MaterialId } from '../contract.ts'
import { factsByIds } from './material-store.ts'
import type { MaterialsTables } from './tables.ts'

/** What an ERP calls the material. */
export const materialReferences: ReferenceKind[] = [
  {
    entity: 'materials.material',
    read: 'materials.read',
    manage: 'materials.manage',
    describe: async (_ctx, tx, ids) =>
      new Map(
        (await factsByIds(narrow<MaterialsTables>(tx), ids as MaterialId[])).map(({ id, code, name, nameEn }) => [
          id,
          { code, name, nameEn },
        ]),
      ),
  },
]

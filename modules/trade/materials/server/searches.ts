import { narrow } from '#kernel/postgres.ts'
import type { SearchKind } from '#kernel/searches.ts'
import { findMaterials } from './list-materials.ts'
import type { MaterialsTables } from './tables.ts'

/** By code, name, specification, pinyin and initials. */
export const materialSearches: readonly SearchKind[] = [
  {
    name: 'material',
    permission: 'materials.read',
    find: async (_, tx, text, limit) =>
      (await findMaterials(narrow<MaterialsTables>(tx), text, limit)).map(({ id, code, name, specification }) => ({
        label: [code, name, specification].filter(Boolean).join(' '),
        path: `/materials/${id}`,
      })),
  },
]

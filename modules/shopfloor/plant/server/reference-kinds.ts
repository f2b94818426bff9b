import { inScope } from '#kernel/context.ts'
import { narrow } from '#kernel/postgres.ts'
import type { ReferenceKind } from '#kernel/references.ts'
import { nodesByIds } from './node-store.ts'
import type { PlantTables } from './tables.ts'

/** Plants, cost centres and workplaces of the ERP stand here. */
export const plantReferences: ReferenceKind[] = [
  {
    entity: 'plant.node',
    read: 'plant.read',
    manage: 'plant.manage',
    describe: async (ctx, tx, ids) => {
      const nodes = await nodesByIds(narrow<PlantTables>(tx), ids)
      const seen = nodes.filter((node) => node.level === 'enterprise' || inScope(ctx, node.site_id))
      return new Map(seen.map(({ id, code, name, name_en }) => [id, { code, name, nameEn: name_en }]))
    },
  },
]

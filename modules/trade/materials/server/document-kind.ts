import type { DocumentKind } from '#kernel/documents.ts'
import { narrow } from '#kernel/postgres.ts'
import { type MaterialId, materialsEvents } from '../contract.ts'
import { factsByIds } from './material-store.ts'
import type { MaterialsTables } from './tables.ts'

/** A material takes comments and attachments of its own organisation. That it was made stands among its facts: a file makes thousands at once. */
export const materialDocument: DocumentKind = {
  entity: 'materials.material',
  read: 'materials.read',
  answer: 'materials.manage',
  path: (id) => `/materials/${id}`,
  describe: async (_, opaqueTx, ids) => {
    const tx = narrow<MaterialsTables>(opaqueTx)
    const rows = await factsByIds(tx, ids as readonly MaterialId[])
    return new Map(rows.map(({ id, code, name }) => [id, { number: code, name, parties: [tx.orgId] }]))
  },
  events: [materialsEvents.changed, materialsEvents.retired].map(({ name }) => ({
    event: name,
    id: ({ materialId }: { materialId: string }) => materialId,
  })),
}

import { type ImportDefinition, MAX_GROUP_ROWS } from '#kernel/imports/definition.ts'
import { narrow } from '#kernel/postgres.ts'
import type { OrderId } from '../contract.ts'
import { ordersErrors } from '../errors.ts'
import { MAX_LINES } from '../order-content.ts'
import { Proposal } from '../proposal.ts'
import { changeDraft, readDraft } from './buyer-store.ts'
import { type LineColumns, lineColumns, plain, type ReadLine, resolveLineRows } from './line-rows.ts'
import { makeContent } from './make-content.ts'
import { sideOf, stepOf } from './open-order.ts'
import { changeOrder, headOf, lockOrder, readOrder } from './order-store.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTables, OrdersTx } from './tables.ts'

/** Rows of a spreadsheet become lines of a draft; several rows of one material are several deliveries of one line. */
export const lineImportDefinition = (rooms: Rooms): ImportDefinition<LineColumns, ReadLine> => ({
  kind: 'orders.line',
  wordsAt: 'orders.importRows',
  columns: lineColumns,
  // Deliveries of one line stay together wherever they stand in the file.
  groups: { of: (row) => row.materialCode && plain(row.materialCode), maxRows: MAX_GROUP_ROWS },
  checkTarget: async (ctx, opaqueTx, target) => {
    const order = await readOrder(narrow<OrdersTables>(opaqueTx), target as OrderId)
    if (!order) throw ordersErrors.notFound({ id: target })
    stepOf(order, 'edit', sideOf(order, ctx.orgId))
  },
  resolve: async (ctx, opaqueTx, rows, { target }) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const { order, draft } = await draftOrder(tx, target)
    const parties = { supplier: order.supplier_org, currency: draft.content.terms.currency }
    const room = MAX_LINES - draft.content.lines.length
    return resolveLineRows({ rooms, tx, ctx }, parties, rows, { orderOf: () => order.id, roomIn: () => room })
  },
  apply: async (ctx, opaqueTx, rows, { target }) => {
    const tx = narrow<OrdersTables>(opaqueTx)
    const order = await lockOrder(tx, (target ?? '') as OrderId)
    const draft = order && (await readDraft(tx, order.id))
    if (!order || !draft) throw ordersErrors.notFound({ id: target })
    const standing = stepOf(order, 'edit', sideOf(order, ctx.orgId))
    const proposal = Proposal.parse({ added: [...new Set(rows)].map((line) => line.wanted) })
    const content = await makeContent(rooms, tx, ctx, order, { base: draft.content, proposal, side: 'buyer' })
    await changeDraft(tx, order.id, { content, hand: ctx.actor.id })
    await changeOrder(tx, order.id, { ...standing, ...headOf(content) })
    return rows.map(() => ({ id: order.id }))
  },
})

async function draftOrder(tx: OrdersTx, target: string | null) {
  const order = await readOrder(tx, (target ?? '') as OrderId)
  const draft = order && (await readDraft(tx, order.id))
  if (!draft) throw ordersErrors.notFound({ id: target })
  return { order, draft }
}

import type { Context } from '#kernel/context.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import type { FirstStep } from '#modules/trade/orders/public.ts'
import { type DemoOrders, loadDemoOrders } from '../../industries/demo/demo-orders.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'

const DAY_MS = 86_400_000
type DemoOrder = DemoOrders['orders'][number]

/** The leader's orders with its suppliers, each step taken by the side that takes it; several at once, since each is its own. */
export async function seedOrders(
  deps: DemoDeps,
  contexts: OrganisationContexts,
  materials: ReadonlyMap<string, MaterialId>,
): Promise<void> {
  const demo = loadDemoOrders()
  await Promise.all(demo.orders.map((order) => seedOrder(deps, contexts, materials, demo, order)))
}

async function seedOrder(
  { composition, now }: DemoDeps,
  contexts: OrganisationContexts,
  materials: ReadonlyMap<string, MaterialId>,
  demo: DemoOrders,
  order: DemoOrder,
): Promise<void> {
  const { orders } = composition
  const [buyer, supplier] = [contexts.get(demo.buyer), contexts.get(order.supplier)]
  if (!buyer || !supplier) throw new Error(`industries/demo/trade.yaml, orders: no organisation ${demo.buyer} or ${order.supplier}`)
  const id = await orders.public.createDraft(at(buyer, now, order.daysAgo), {
    supplierId: supplier.orgId,
    terms: {
      currency: 'CNY',
      deliverTo: demo.deliverTo,
      paymentTerms: demo.paymentTerms,
      paymentDays: 60,
      overTolerance: '0.02',
      underTolerance: '0',
      graceDays: 1,
    },
    urgent: order.urgent,
    lines: order.lines.map(({ material, unit, deliveries }) => {
      const materialId = materials.get(material)
      if (!materialId) throw new Error(`industries/demo/trade.yaml, orders: no material ${material}`)
      return { materialId, unit, schedule: deliveries.map(([quantity, days]) => ({ quantity, day: dayIn(now, days) })) }
    }),
  })
  for (const step of order.steps) await take(orders.public.step, step.by === 'buyer' ? buyer : supplier, now, id, step)
}

function take(
  step: (ctx: Context, id: OrderId, step: FirstStep) => Promise<void>,
  acting: Context,
  now: Date,
  id: OrderId,
  wanted: DemoOrder['steps'][number],
): Promise<void> {
  const ctx = at(acting, now, wanted.daysAgo)
  if (wanted.do === 'expedite' || wanted.do === 'promise') {
    const { line, schedule } = wanted
    if (wanted.do === 'expedite')
      return step(ctx, id, { do: wanted.do, line, schedule, day: dayIn(now, wanted.wanted), reason: wanted.reason })
    return step(ctx, id, { do: wanted.do, line, schedule, day: dayIn(now, wanted.promised), note: wanted.note })
  }
  if (wanted.do !== 'propose') return step(ctx, id, 'reason' in wanted ? { do: wanted.do, reason: wanted.reason } : { do: wanted.do })
  const lines = wanted.lines.map(({ line, schedule }) => ({
    no: line,
    schedule: schedule.map(([no, quantity, days, reason]) => ({ no, quantity, day: dayIn(now, days), reason })),
  }))
  return step(ctx, id, { do: 'propose', note: wanted.note, proposal: { lines } })
}

const at = (ctx: Context, now: Date, daysAgo: number): Context => ({ ...ctx, now: new Date(now.getTime() - daysAgo * DAY_MS) })
const dayIn = (now: Date, days: number): string => new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10)

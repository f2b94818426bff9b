import type { Context } from '#kernel/context.ts'
import { moduleDatabase, opaque } from '#kernel/postgres.ts'
import type { LocationId } from '#modules/trade/inventory/contract.ts'
import type { Shipment } from '#modules/trade/logistics/contract.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { AgreedScheduleLine } from '#modules/trade/orders/public.ts'
import { type DemoLogistics, loadDemoLogistics } from '../../industries/demo/demo-logistics.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'
import { seedConsigned } from './seed-demo-stock.ts'

const HOUR_MS = 3_600_000
type DemoShipment = DemoLogistics['shipments'][number]

/** A warehouse, what is on its way, what came, and the defect codes of the leader; what must be inspected waits by itself. Beside it, suppliers' goods. */
export async function seedLogistics(
  deps: DemoDeps,
  contexts: OrganisationContexts,
  materials: ReadonlyMap<string, MaterialId>,
): Promise<void> {
  const demo = loadDemoLogistics()
  const buyer = contexts.get(demo.buyer)
  if (!buyer) throw new Error(`industries/demo/trade.yaml, logistics: no organisation ${demo.buyer}`)
  const { inventory } = deps.composition
  const warehouse = await inventory.public.createWarehouse(buyer, demo.warehouse)
  await Promise.all([seedConsigned(deps, contexts, materials, warehouse), seedComing(deps, contexts, buyer, warehouse)])
}

async function seedComing(deps: DemoDeps, contexts: OrganisationContexts, buyer: Context, warehouse: LocationId): Promise<void> {
  const demo = loadDemoLogistics()
  const { quality } = deps.composition
  for (const [code, name, nameEn, severity] of demo.defects) await quality.public.createDefect(buyer, { code, name, nameEn, severity })
  // One after the other: several of them are of the same order.
  for (const shipment of demo.shipments) await seedShipment(deps, contexts, buyer, warehouse, shipment)
}

async function seedShipment(
  deps: DemoDeps,
  contexts: OrganisationContexts,
  buyer: Context,
  warehouse: LocationId,
  wanted: DemoShipment,
): Promise<void> {
  const { now, composition } = deps
  const { logistics } = composition
  const supplier = contexts.get(wanted.supplier)
  if (!supplier) throw new Error(`industries/demo/trade.yaml, logistics: no organisation ${wanted.supplier}`)
  const hours = (from: number) => new Date(now.getTime() + from * HOUR_MS).toISOString()
  const lines = await shippable(deps, supplier, buyer, wanted)
  const shipment = await logistics.public.ship(at(supplier, now, wanted.issuedAgo), {
    buyerId: buyer.orgId,
    lines: wanted.lines.map(({ quantity }, i) => ({ scheduleLineId: (lines[i] as AgreedScheduleLine).id, quantity })),
    packs: wanted.lines.flatMap(({ boxes, perBox, lot }, line) =>
      Array.from({ length: boxes }, () => ({
        kind: 'box' as const,
        within: null,
        contents: [{ line, quantity: perBox, lot, serial: null, producedOn: null, expiresOn: null }],
      })),
    ),
    loose: [],
    containers: [],
    carrier: wanted.carrier,
    vehicle: wanted.vehicle,
    driverName: wanted.driver,
    driverPhone: '',
    note: '',
    departureAt: hours(-(wanted.departedAgo ?? wanted.issuedAgo - 1)),
    arrivalAt: hours(wanted.arrivesIn ?? -(wanted.received?.ago ?? 1)),
  })
  if (wanted.departedAgo !== null) await logistics.public.depart(supplier, shipment, hours(-wanted.departedAgo))
  if (wanted.received) await receive(deps, buyer, warehouse, shipment, wanted.received)
}

/** One agreed line per line of the shipment: the next that is due of its material. */
async function shippable({ app, composition }: DemoDeps, supplier: Context, buyer: Context, { lines }: DemoShipment) {
  const db = moduleDatabase<never>(app, () => Promise.reject(new Error('First data reads no granted rows.')))
  const agreed = await db.inTenant(supplier, (tx) => composition.orders.public.shippable(opaque(tx), { buyer: buyer.orgId }))
  return lines.map(({ material }) => {
    const found = agreed.find((line) => line.materialCode === material)
    if (!found) throw new Error(`industries/demo/trade.yaml, logistics: nothing of ${material} is agreed and left`)
    return found
  })
}

async function receive(
  { composition, now }: DemoDeps,
  buyer: Context,
  warehouseId: LocationId,
  shipment: Shipment,
  { ago, lines }: NonNullable<DemoShipment['received']>,
): Promise<void> {
  const ctx = at(buyer, now, ago)
  await composition.logistics.public.receive(ctx, {
    receiptKey: shipment.id,
    shipmentId: shipment.id,
    warehouseId,
    receivedAt: ctx.now.toISOString(),
    lines: shipment.lines.map((line, i) => ({
      lineId: line.id,
      accepted: lines[i]?.accepted ?? line.quantity,
      quarantined: '0',
      damaged: lines[i]?.damaged ?? '0',
      wrong: '0',
      lot: shipment.packs.flatMap((pack) => pack.contents).find((content) => content.lineNo === line.lineNo)?.lot ?? null,
      serial: null,
      expiresOn: null,
      note: lines[i]?.note ?? '',
    })),
    containers: [],
    finish: true,
    signedBy: shipment.driverName,
    overReason: '',
    note: '',
  })
}

const at = (ctx: Context, now: Date, hoursAgo: number): Context => ({ ...ctx, now: new Date(now.getTime() - hoursAgo * HOUR_MS) })

import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import type { MaterialId } from '#modules/trade/materials/contract.ts'
import type { OrderId } from '#modules/trade/orders/contract.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { type DemoAgreement, type DemoRequest, type DemoSourcing, loadDemoSourcing } from '../../industries/demo/demo-sourcing.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const UNIT = 'H87'

interface Seeding {
  deps: DemoDeps
  demo: DemoSourcing
  of: (code: string, daysAgo?: number) => Context
  materialOf: (code: string) => MaterialId
}

/** The leader's requests for quotation and agreements, each step taken by the side that takes it. */
export async function seedSourcing(
  deps: DemoDeps,
  contexts: OrganisationContexts,
  materials: ReadonlyMap<string, MaterialId>,
): Promise<void> {
  const known = <T>(found: T | undefined, code: string): T => {
    if (found === undefined) throw new Error(`industries/demo/trade.yaml, sourcing: nothing is called ${code}`)
    return found
  }
  const seeding: Seeding = {
    deps,
    demo: loadDemoSourcing(),
    of: (code, daysAgo = 0) => ({ ...known(contexts.get(code), code), now: new Date(deps.now.getTime() - daysAgo * DAY_MS) }),
    materialOf: (code) => known(materials.get(code), code),
  }
  const { requests, agreements } = seeding.demo
  await Promise.all([...requests.map((one) => seedRequest(seeding, one)), ...agreements.map((one) => seedAgreement(seeding, one))])
}

async function seedRequest({ deps, demo, of, materialOf }: Seeding, request: DemoRequest): Promise<void> {
  const { sourcing } = deps.composition
  // Bids are handed in by the real clock, and opened by it when the platform runs: nobody waits for that.
  const present = (code: string): Context => ({ ...of(code), now: systemClock.now() })
  const deadline = new Date(systemClock.now().getTime() + request.openMinutes * MINUTE_MS)
  const today = chinaDay(deps.now)
  const id = await sourcing.public.publishRequest(present(demo.buyer), {
    title: request.title,
    note: request.note,
    deadline: deadline.toISOString(),
    deliverTo: demo.deliverTo,
    supplierIds: request.suppliers.map((code) => of(code).orgId),
    lines: request.lines.map(({ material, quantity, day }) => ({
      materialId: materialOf(material),
      unit: UNIT,
      quantity,
      day: day === null ? null : shiftDate(today, day),
    })),
  })
  for (const bid of request.bids)
    await sourcing.public.bid(present(bid.supplier), id, {
      note: bid.note,
      lines: bid.lines.map(([no, netPrice, leadTimeDays, mouldOwner]) => ({
        no,
        netPrice,
        taxRate: '0.13',
        leadTimeDays,
        minimum: null,
        validUntil: null,
        mouldOwner,
        mouldCost: null,
      })),
    })
}

async function seedAgreement({ deps, demo, of, materialOf }: Seeding, agreement: DemoAgreement): Promise<void> {
  const { sourcing, orders } = deps.composition
  const today = chinaDay(deps.now)
  const from = shiftDate(today, -agreement.daysAgo)
  const id = await sourcing.public.proposeAgreement(of(demo.buyer, agreement.daysAgo), {
    kind: agreement.kind,
    supplierId: of(agreement.supplier).orgId,
    title: agreement.title,
    validFrom: from,
    validUntil: shiftDate(from, agreement.validDays),
    noticeDays: agreement.noticeDays,
    deliverTo: demo.deliverTo,
    paymentTerms: agreement.paymentTerms,
    paymentDays: 60,
    overTarget: agreement.overTarget,
    note: '',
    lines: agreement.lines.map(({ material, breaks, target }) => ({
      no: null,
      materialId: materialOf(material),
      unit: UNIT,
      taxRate: '0.13',
      breaks: breaks.map(([quantity, netPrice]) => ({ from: quantity, netPrice })),
      targetQuantity: target,
      targetAmount: null,
    })),
  })
  await sourcing.public.signAgreement(of(agreement.supplier, agreement.daysAgo - 1), id)
  for (const { daysAgo, accepted, lines } of agreement.callOffs) {
    const wanted = lines.map(([no, slots]) => ({
      no,
      schedule: slots.map(([quantity, day]) => ({ quantity, day: shiftDate(today, day) })),
    }))
    const { orderId } = await sourcing.public.callOff(of(demo.buyer, daysAgo), id, { lines: wanted })
    if (accepted) await orders.public.step(of(agreement.supplier, daysAgo - 1), orderId as OrderId, { do: 'accept' })
  }
}

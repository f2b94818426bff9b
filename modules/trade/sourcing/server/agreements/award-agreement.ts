import type { z } from 'zod'
import type { Context } from '#kernel/context.ts'
import { opaque } from '#kernel/postgres.ts'
import { decimal, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { type AgreementContent, type AgreementId, type AgreementLine, type agreementApi, NOTICE_DAYS } from '../../agreement-contract.ts'
import type { RequestId } from '../../contract.ts'
import { sourcingErrors } from '../../errors.ts'
import { type AwardedLine, awardedLines } from '../award-store.ts'
import { bidsOf, readRequest } from '../request-store.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'

const YEAR_DAYS = 365

/** Errors: sourcing.notFound, also where the supplier got nothing of it. */
export async function awardOf(tx: SourcingTx, id: RequestId, supplierId: OrgId) {
  const request = await readRequest(tx, id)
  const lines = (await awardedLines(tx, request)).filter((one) => one.supplier_org === supplierId)
  if (lines.length === 0) throw sourcingErrors.notFound({ id })
  return { request, lines }
}

/** What an agreement from an award begins with: its materials, prices and quantities, as long as the prices were offered, else a year. */
export const agreementFromAward = (
  rooms: Rooms,
  ctx: Context,
  id: RequestId,
  supplierId: OrgId,
): Promise<z.output<typeof agreementApi.fromAward.response>> =>
  rooms.db.inTenant(ctx, async (tx) => {
    const { request, lines } = await awardOf(tx, id, supplierId)
    const bid = (await bidsOf(tx, id)).find((one) => one.supplier_org === supplierId)
    const awarded = new Set(lines.map((one) => one.line_no))
    const today = chinaDay(ctx.now)
    const offered = (bid?.lines ?? []).filter((line) => awarded.has(line.no)).flatMap(({ validUntil }) => validUntil ?? [])
    const [until = shiftDate(today, YEAR_DAYS)] = offered.filter((day) => day > today).toSorted()
    const { terms } = await rooms.orders.defaults(opaque(tx))
    const labels = await rooms.organisations.labels(opaque(tx), [supplierId])
    const content: AgreementContent = {
      kind: 'framework',
      currency: request.currency,
      reference: request.number,
      title: request.title,
      validFrom: today,
      validUntil: until,
      noticeDays: NOTICE_DAYS,
      deliverTo: request.deliver_to,
      paymentTerms: terms.paymentTerms,
      paymentDays: terms.paymentDays,
      overTarget: '0',
      note: '',
      lines: linesOf(lines),
    }
    return { supplierId, supplierName: labels.get(supplierId)?.name ?? '', content }
  })

/** One line for each material and unit: of several the first one's price, as the price list has it, and the quantities together. */
const linesOf = (awarded: readonly AwardedLine[]): AgreementLine[] =>
  [...Map.groupBy(awarded, ({ line }) => `${line.materialId} ${line.unit}`).values()].flatMap((same, i): AgreementLine[] => {
    const [first] = same
    if (!first) return []
    const { materialId, unit, code, name, specification } = first.line
    return [
      {
        no: i + 1,
        materialId,
        unit,
        code,
        name,
        specification,
        taxRate: writeDecimal(decimal(first.tax_rate)),
        breaks: [{ from: '0', netPrice: writeDecimal(decimal(first.net_price)) }],
        targetQuantity: writeDecimal(same.reduce((sum, one) => sum + decimal(one.quantity), 0n)),
        targetAmount: null,
      },
    ]
  })

export const keepAwardAgreement = (
  tx: SourcingTx,
  { requestId, supplierId, agreementId, at }: { requestId: RequestId; supplierId: OrgId; agreementId: AgreementId; at: Date },
) =>
  tx.sql
    .insertInto('sourcing.award_agreement')
    .values({ org_id: tx.orgId, request_id: requestId, supplier_org: supplierId, agreement_id: agreementId, made_at: at })
    .execute()

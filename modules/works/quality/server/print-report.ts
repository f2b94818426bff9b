import type { Context } from '#kernel/context.ts'
import type { FileAnswer } from '#kernel/file-answer.ts'
import { opaque } from '#kernel/postgres.ts'
import { groupDigits } from '#values/decimal.ts'
import { chinaMinute } from '#values/instant.ts'
import { unitName } from '#values/units.ts'
import type { Inspection, InspectionId } from '../contract.ts'
import { qualityErrors } from '../errors.ts'
import { getInspection } from './read-inspections.ts'
import type { Rooms } from './rooms.ts'

/** 来料检验报告. Errors: quality.notFound, quality.notDecided. */
export async function printReport(rooms: Rooms, ctx: Context, id: InspectionId): Promise<FileAnswer> {
  const inspection = await getInspection(rooms, ctx, id)
  const { result, decidedAt, number } = inspection
  if (result === null || decidedAt === null) throw qualityErrors.notDecided({ number })
  const labels = await rooms.db.inTenant(ctx, (tx) => rooms.organisations.labels(opaque(tx), [ctx.orgId]))
  const word = (key: string) => rooms.translate(ctx.locale, `quality.${key}`) ?? key
  const bytes = await rooms.printer.print({
    paper: 'a4',
    issuer: labels.get(ctx.orgId)?.name ?? '',
    title: word('print.title'),
    number,
    qr: number,
    facts: factsOf(inspection, word, ctx.locale === 'en-US', decidedAt),
    columns: [
      { title: word('print.no'), align: 'center' },
      { title: word('defectCode') },
      { title: word('defectName'), width: '*' },
      { title: word('severity') },
      { title: word('defectQuantity'), align: 'right' },
    ],
    rows: inspection.findings.map((one, i) => [
      String(i + 1),
      one.code,
      ctx.locale === 'en-US' ? (one.nameEn ?? one.name) : one.name,
      word(`severities.${one.severity}`),
      groupDigits(one.quantity),
    ]),
    totals: [[word('resultLabel'), word(`results.${result}`)]],
    notes: [
      ...(inspection.findings.length === 0 ? [word('print.noDefects')] : []),
      ...(inspection.remarks === '' ? [] : [`${word('remarks')}：${inspection.remarks}`]),
      ...(inspection.returnNumber ? [`${word('returnNumber')} ${inspection.returnNumber}`] : []),
      ...(inspection.claimNumber ? [`${word('claimNumber')} ${inspection.claimNumber}`] : []),
    ],
    signatures: [word('inspector'), word('print.approver')],
    pageWords: word('print.page'),
  })
  return { fileName: `${number}.pdf`, as: 'pdf', bytes }
}

function factsOf(one: Inspection, word: (key: string) => string, english: boolean, decidedAt: string): [string, string][] {
  const amount = (text: string | null) => (text === null ? '—' : `${groupDigits(text)} ${unitName(one.unit, english)}`)
  return [
    [word('supplier'), english ? (one.supplier.nameEn ?? one.supplier.name) : one.supplier.name],
    [word('material'), `${one.materialCode} ${one.materialName} ${one.specification}`.trim()],
    [word('lot'), one.lot ?? one.serial ?? '—'],
    [word('quantity'), amount(one.quantity)],
    [word('sampleSize'), amount(one.sampleSize)],
    [word('accepted'), amount(one.accepted)],
    [word('rejected'), amount(one.rejected)],
    [word('receipt'), `${one.receiptNumber} ${chinaMinute(one.receivedAt)}`],
    [word('order'), one.orderNumber],
    [word('shipment'), one.shipmentNumber],
    [word('inspector'), one.inspector ?? '—'],
    [word('decidedAt'), chinaMinute(decidedAt)],
  ]
}

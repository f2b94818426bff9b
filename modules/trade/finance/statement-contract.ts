import { z } from 'zod'
import { endpoint } from '#values/endpoint.ts'
import { OrgId } from '#values/ids.ts'
import { CalendarDate, Instant } from '#values/instant.ts'
import { listQuery, pageOf } from '#values/list.ts'
import { Currency, Money } from '#values/money.ts'
import { StatementId, StatementLineId } from './contract.ts'
import { financeErrors } from './errors.ts'
import { Party, PartySide } from './invoice-contract.ts'

export const StatementState = z.enum(['proposed', 'disputed', 'signed', 'withdrawn'])
export type StatementState = z.infer<typeof StatementState>
export const StatementLineKind = z.enum(['receipt', 'return', 'usage', 'invoice', 'payment', 'paymentCancelled'])
export type StatementLineKind = z.infer<typeof StatementLineKind>

export const StatementHead = z.object({
  id: StatementId,
  side: PartySide,
  partner: Party,
  /** Proposed by the own side. */
  own: z.boolean(),
  number: z.string(),
  state: StatementState,
  untilDay: CalendarDate,
  opening: Money,
  closing: Money,
  version: z.int(),
})
export type StatementHead = z.infer<typeof StatementHead>

export const StatementLine = z.object({
  id: StatementLineId,
  lineNo: z.int(),
  kind: StatementLineKind,
  number: z.string(),
  day: CalendarDate,
  amount: Money,
  answer: z.enum(['ticked', 'disputed']).nullable(),
  reason: z.string().nullable(),
})
export type StatementLine = z.infer<typeof StatementLine>

const Signature = z.object({ at: Instant, by: z.string().nullable() }).nullable()
export const StatementAction = z.enum(['answer', 'revise', 'sign', 'withdraw'])
export type StatementAction = z.infer<typeof StatementAction>

export const Statement = StatementHead.extend({
  lines: z.array(StatementLine),
  previous: z.object({ id: StatementId, number: z.string() }).nullable(),
  contentHash: z.string(),
  buyerName: z.string(),
  supplierName: z.string(),
  buyerSigned: Signature,
  supplierSigned: Signature,
  buyerClass: z.string().nullable(),
  supplierClass: z.string().nullable(),
  endReason: z.string().nullable(),
  actions: z.array(StatementAction),
})
export type Statement = z.infer<typeof Statement>

const byId = z.object({ id: StatementId })
const step = <const Name extends string>(name: Name, summary: string) =>
  ({
    method: 'POST',
    path: `/finance/statements/:id/${name}`,
    summary,
    permission: 'finance.sign',
    params: byId,
    query: z.object({}),
    response: Statement,
  }) as const
const known = [financeErrors.notFound, financeErrors.changedMeanwhile, financeErrors.notAllowedNow]

export const statementApi = {
  statements: endpoint({
    method: 'GET',
    path: '/finance/statements',
    summary: 'Statements with partners, newest first.',
    permission: 'finance.read',
    params: z.object({}),
    query: listQuery(['untilDay']).extend({ side: PartySide, state: StatementState.optional(), partnerId: OrgId.optional() }),
    body: z.undefined(),
    response: pageOf(StatementHead),
    errors: [],
  }),
  statement: endpoint({
    method: 'GET',
    path: '/finance/statements/:id',
    summary: 'A statement with its lines, answers and signatures.',
    permission: 'finance.read',
    params: byId,
    query: z.object({}),
    body: z.undefined(),
    response: Statement,
    errors: [financeErrors.notFound],
  }),
  printStatement: endpoint({
    method: 'GET',
    path: '/finance/statements/:id/pdf',
    summary: 'The statement as PDF (A4), with both signatures and the content’s hash.',
    permission: 'finance.read',
    params: byId,
    query: z.object({}),
    body: z.undefined(),
    response: z.undefined(),
    answer: 'file',
    errors: [financeErrors.notFound],
  }),
  proposeStatement: endpoint({
    method: 'POST',
    path: '/finance/statements',
    summary: 'Proposes and signs a statement of everything up to a day that no signed one holds yet.',
    permission: 'finance.sign',
    params: z.object({}),
    query: z.object({}),
    body: z.object({ side: PartySide, partnerId: OrgId, untilDay: CalendarDate, currency: Currency }),
    response: Statement,
    status: 201,
    errors: [financeErrors.partnerUnknown, financeErrors.statementOpen, financeErrors.beforePrevious],
  }),
  answerStatement: endpoint({
    ...step('answer', 'The other side ticks lines or disputes them with a reason.'),
    body: z.object({
      version: z.int(),
      lines: z
        .array(z.object({ lineId: StatementLineId, answer: z.enum(['ticked', 'disputed']), reason: z.string().trim().max(300).nullable() }))
        .min(1)
        .max(5_000),
    }),
    errors: [...known, financeErrors.reasonMissing],
  }),
  reviseStatement: endpoint({
    ...step('revise', 'Proposed anew: what came meanwhile enters, what is left out goes into the next one.'),
    body: z.object({ version: z.int(), leaveOut: z.array(StatementLineId).max(5_000) }),
    errors: known,
  }),
  signStatement: endpoint({
    ...step('sign', 'The other side signs the same content, all lines of it ticked.'),
    body: z.object({
      version: z.int(),
      contentHash: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .meta({ examples: ['0'.repeat(64)] }),
    }),
    errors: [...known, financeErrors.notAllTicked, financeErrors.contentDiffers],
  }),
  withdrawStatement: endpoint({
    ...step('withdraw', 'Whoever proposed it takes it back.'),
    body: z.object({ version: z.int(), reason: z.string().trim().min(1).max(300) }),
    errors: known,
  }),
}

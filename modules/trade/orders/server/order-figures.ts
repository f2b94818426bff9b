import { sql } from 'kysely'
import type { Context } from '#kernel/context.ts'
import { decimal, divide, writeDecimal } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { ordersErrors } from '../errors.ts'
import type { OnTimeFigure, StepTime } from '../follow-up-contract.ts'
import { otherSide, type Side } from '../order-states.ts'
import type { Rooms } from './rooms.ts'
import type { OrdersTx } from './tables.ts'

const YEAR_MS = 366 * 86_400_000

interface Question {
  side: Side
  from: string
  until: string
  partnerId?: OrgId | undefined
}

/** Errors: orders.periodTooLong. */
export const readFigures = (rooms: Pick<Rooms, 'db'>, ctx: Context, question: Question) => {
  const { from, until } = question
  if (until < from || Date.parse(until) - Date.parse(from) > YEAR_MS) throw ordersErrors.periodTooLong({ from, until })
  return rooms.db.inTenant(ctx, async (tx) => ({
    onTime: await onTimeByPartner(tx, ctx, { ...question, partners: question.partnerId && [question.partnerId] }),
    steps: await stepTimes(tx, question),
  }))
}

/**
 * Per schedule line of the agreed revisions whose agreed day lies in the period: on time = whole by the agreed day + days of grace. A line
 * whose day has not passed yet counts only where it is whole already.
 */
export async function onTimeByPartner(
  tx: OrdersTx,
  ctx: Context,
  { side, from, until, partners }: Omit<Question, 'partnerId'> & { partners: readonly OrgId[] | undefined },
): Promise<OnTimeFigure[]> {
  const [own, other] = [sql.ref(`s.${side}_org`), sql.ref(`s.${otherSide(side)}_org`)]
  const name = sql.ref(`o.${otherSide(side)}_name`)
  const { rows } = await sql<{ partnerId: OrgId; partner: string; onTime: number; late: number; overdue: number }>`
    select ${other} as "partnerId", max(${name}) as partner,
      count(*) filter (where s.whole_on <= s.agreed_day + s.grace_days)::int as "onTime",
      count(*) filter (where s.whole_on > s.agreed_day + s.grace_days)::int as late,
      count(*) filter (where s.whole_on is null)::int as overdue
    from orders.schedule_line s join orders.order o on o.id = s.order_id
    where ${own} = ${tx.orgId} and s.agreed_day between ${from} and ${until} and s.state in ('agreed', 'whole')
      and (s.whole_on is not null or s.agreed_day + s.grace_days < ${chinaDay(ctx.now)}::date)
      and (${partners ?? null}::uuid[] is null or ${other} = any(${partners ?? null}::uuid[]))
    group by 1 order by 3 desc, 2 limit 500`.execute(tx.sql)
  return rows.map((row) => {
    const due = row.onTime + row.late + row.overdue
    return { ...row, due, rate: due === 0 ? null : writeDecimal(divide(decimal(String(row.onTime)), decimal(String(due)))) }
  })
}

/** Of orders first proposed in the period; a step that an order has not taken yet does not count for it. */
async function stepTimes(tx: OrdersTx, { side, from, until, partnerId }: Question): Promise<StepTime[]> {
  const [own, other] = [sql.ref(`${side}_org`), sql.ref(`${otherSide(side)}_org`)]
  const hours = (a: string, b: string) => sql`round(avg(extract(epoch from ${sql.ref(b)} - ${sql.ref(a)}) / 3600), 2)::text`
  const { rows } = await sql<Record<'p' | 'a' | 's' | 'c', string | null> & Record<'np' | 'na' | 'ns' | 'nc', number>>`
    select ${hours('created_at', 'proposed_at')} as p, count(proposed_at)::int as np,
      ${hours('proposed_at', 'agreed_at')} as a, count(agreed_at)::int as na,
      ${hours('agreed_at', 'first_shipped_at')} as s, count(first_shipped_at)::int as ns,
      ${hours('first_shipped_at', 'completed_at')} as c, count(completed_at)::int as nc
    from (select *, case when state = 'completed' then ended_at end as completed_at from orders.order
      where ${own} = ${tx.orgId} and proposed_at >= ${from}::date::timestamp at time zone 'Asia/Shanghai'
        and proposed_at < (${until}::date + 1)::timestamp at time zone 'Asia/Shanghai'
        and (${partnerId ?? null}::uuid is null or ${other} = ${partnerId ?? null}::uuid)) o`.execute(tx.sql)
  const row = rows[0]
  if (!row) return []
  const step = (name: StepTime['step'], n: number, mean: string | null): StepTime => ({
    step: name,
    orders: n,
    meanHours: mean === null ? null : writeDecimal(decimal(mean)),
  })
  const steps = [step('toAgreement', row.na, row.a), step('toShipment', row.ns, row.s), step('toCompletion', row.nc, row.c)]
  // How long the buyer prepares an order is none of the supplier's business.
  return side === 'buyer' ? [step('toProposal', row.np, row.p), ...steps] : steps
}

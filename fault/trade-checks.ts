import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Field } from '../tests/field.ts'
import { ledgersOn } from '../tests/trade-ledgers.ts'
import type { Report } from './report.ts'
import type { Acknowledged } from './trade-deal.ts'

const DELIVERED_WITHIN_MS = 60_000
const root = resolve(import.meta.dirname, '..')

/** What may never be: each asks for the rows that are wrong. */
const wrongs: Record<string, string> = {
  'no order stands twice': `select deliver_to as found from orders.order group by 1 having count(*) > 1`,
  'no receipt stands twice': `select max(number) as found from logistics.receipt group by shipment_id having count(*) > 1`,
  'no notice stands twice': `select note as found from logistics.shipment where state <> 'cancelled' group by 1 having count(*) > 1`,
  'no invoice stands twice': `select number as found from finance.invoice group by 1 having count(*) > 1`,
  'no payment stands twice': `select reference as found from finance.payment group by 1 having count(*) > 1`,
  'every order is in one agreed revision or none': `
    select o.number || ' ' || o.state || ' ' || coalesce(o.agreed_revision, 0) as found from orders.order o
    left join orders.revision r on r.order_id = o.id and r.no = o.agreed_revision
    where case when o.state in ('agreed', 'completed', 'closed') then r.outcome is distinct from 'agreed' else o.agreed_revision is not null end`,
  'what is in force is signed by both sides over one content': `
    select o.number as found from orders.order o join orders.revision r on r.order_id = o.id and r.no = o.agreed_revision
    where (select count(distinct s.side) from orders.signature s where s.order_id = o.id and s.revision_no = r.no and s.hash = r.hash) <> 2
      or exists (select from orders.signature s where s.order_id = o.id and s.revision_no = r.no and s.hash <> r.hash)`,
  'an order has one open revision, or none': `
    select o.number as found from orders.order o left join orders.revision r on r.order_id = o.id and r.outcome = 'open'
    group by o.id having count(r.no) > 1 or max(r.no) is distinct from o.open_revision`,
  'revisions are numbered one after the other': `
    select o.number as found from orders.order o join orders.revision r on r.order_id = o.id
    group by o.id having max(r.no) <> count(*) or max(r.no) <> o.last_revision`,
  'what an order counts as shipped is what was issued': `
    select l.order_number || ': ' || s.shipped || ' <> ' || sum(l.quantity - l.missing) as found
    from orders.schedule_line s join logistics.line l on l.schedule_line_id = s.id and l.issued
    group by l.order_number, s.id having s.shipped <> sum(l.quantity - l.missing)`,
  'what an order counts as accepted and refused is what was received': `
    select s.id || ': ' || s.accepted || '/' || s.rejected as found from orders.schedule_line s
    left join (select l.schedule_line_id, sum(r.accepted + r.quarantined + r.damaged_kept - r.excess - r.returned + r.excess_kept_back) as good, sum(r.damaged + r.wrong - r.damaged_kept) as bad
      from logistics.receipt_line r join logistics.line l on l.id = r.line_id group by 1) r on r.schedule_line_id = s.id
    where s.accepted <> coalesce(r.good, 0) or s.rejected <> coalesce(r.bad, 0)`,
  'each line of a receipt is in stock, as much as it says': `
    select r.id || ': ' || (r.accepted + r.quarantined) || ' <> ' || coalesce(sum(m.quantity), 0) as found from logistics.receipt_line r
    left join inventory.move m on m.org_id = r.buyer_org and m.source_entity = 'logistics.receipt' and m.source_id = r.receipt_id::text
      and split_part(m.source_line, '.', 1) = r.id::text
    group by r.id having r.accepted + r.quarantined <> coalesce(sum(m.quantity), 0)`,
  'each line of a receipt is accrued, once': `
    select r.id || ': ' || (r.accepted + r.quarantined + r.damaged_kept - r.excess + r.excess_kept) || ' <> ' || coalesce(sum(a.quantity), 0) as found from logistics.receipt_line r
    left join finance.accrual_line a on a.receipt_line_id = r.id
    group by r.id having r.accepted + r.quarantined + r.damaged_kept - r.excess + r.excess_kept <> coalesce(sum(a.quantity), 0)
      or count(a.id) <> case when r.accepted + r.quarantined > r.excess then 1 else 0 end + (r.excess_kept > 0)::int + (r.damaged_kept > 0)::int`,
  'no move in stock is of a receipt that is not there': `
    select m.source_id as found from inventory.move m left join logistics.receipt r on r.id::text = m.source_id where r.id is null`,
  'what is short or damaged is claimed, once': `
    select l.id || ' ' || l.missing || ' ' || l.rejected as found from logistics.line l left join logistics.claim c on c.line_id = l.id
    group by l.id having count(*) filter (where c.kind = 'short') <> (l.missing > 0)::int
      or count(*) filter (where c.kind = 'damaged') <> (l.rejected > 0)::int`,
  'each accrual, approved invoice and payment has its voucher, once': `
    select d.kind || ' ' || d.id as found from (
      select 'accrual' as kind, id, buyer_org from finance.accrual
      union all select 'invoice', id, buyer_org from finance.invoice where state in ('approved', 'paid')
      union all select 'payment', id, buyer_org from finance.payment) d
    left join finance.voucher v on v.org_id = d.buyer_org and v.source_entity = 'finance.' || d.kind and v.source_id = d.id
    group by d.kind, d.id having count(v.id) <> 1`,
  'every voucher is balanced': `
    select voucher_id || ': ' || sum(debit - credit) as found from finance.voucher_line group by voucher_id having sum(debit - credit) <> 0`,
  'numbers of vouchers have no gaps': `
    select org_id || ' ' || period as found from finance.voucher group by org_id, period, kind having count(distinct number) <> count(*)`,
  'what counts as invoiced is what was approved': `
    select a.id || ': ' || a.invoiced_quantity || ' <> ' || coalesce(sum(l.quantity) filter (where i.state in ('approved', 'paid')), 0) as found
    from finance.accrual_line a left join finance.invoice_line l on l.accrual_line_id = a.id left join finance.invoice i on i.id = l.invoice_id
    group by a.id having a.invoiced_quantity <> coalesce(sum(l.quantity) filter (where i.state in ('approved', 'paid')), 0)`,
  'each approved invoice is owed, once, and what is paid of it is what payments say': `
    select i.number || ': ' || coalesce(max(p.paid), -1) as found from finance.invoice i left join finance.payable p on p.invoice_id = i.id
    group by i.id having count(p.id) <> (i.state in ('approved', 'paid'))::int
      or (i.state = 'paid') <> (coalesce(max(p.paid), 0) = i.gross)
      or coalesce(max(p.paid), 0) <> coalesce((select sum(a.amount) from finance.allocation a where a.payable_id = (array_agg(p.id))[1]), 0)`,
  'a payment is the sum of what it pays': `
    select p.number as found from finance.payment p left join finance.allocation a on a.payment_id = p.id
    group by p.id having p.amount <> coalesce(sum(a.amount), 0)`,
  'a signed statement bears both signatures, and opens where the one before it closed': `
    select s.number as found from finance.statement s left join finance.statement b on b.id = s.previous_id
    where s.state = 'signed' and (s.buyer_signed_at is null or s.supplier_signed_at is null or s.opening <> coalesce(b.closing, 0)
      or s.closing <> s.opening + coalesce((select sum(l.amount) from finance.statement_line l where l.statement_id = s.id), 0))`,
  'no document stands in two signed statements': `
    select l.kind || ' ' || l.document_id as found from finance.statement_line l join finance.statement s on s.id = l.statement_id
    where s.state = 'signed' group by l.kind, l.document_id having count(*) > 1`,
}

export async function checkTrade(report: Report, field: Field, postgres: pg.Client, told: Acknowledged): Promise<void> {
  for (const [name, query] of Object.entries(wrongs)) {
    const { rows } = await postgres.query<{ found: string }>(query)
    report.check(name, rows.length === 0, rows.slice(0, 5))
  }
  await checkTold(report, postgres, told)
  await checkDelivered(report, postgres)
  await checkLedgers(report, field, postgres)
  const { code, said } = await stockVerify(field)
  report.check('npm run stock:verify finds the stock sound', code === 0, said)
}

/** Every answer “done” is true, once. */
async function checkTold(report: Report, postgres: pg.Client, told: Acknowledged): Promise<void> {
  const asked: Record<keyof Acknowledged, string> = {
    orders: `select from orders.order where id = ($1::jsonb->>'id')::uuid and deliver_to = $1::jsonb->>'mark'`,
    accepted: `select from orders.revision where order_id = ($1::jsonb->>'orderId')::uuid and hash = $1::jsonb->>'hash' and outcome in ('agreed', 'superseded')`,
    issued: `select from logistics.shipment where id = ($1::jsonb->>'id')::uuid and number = $1::jsonb->>'number' and state <> 'draft'`,
    receipts: `select from logistics.receipt r where id = ($1::jsonb->>'id')::uuid and receipt_key = ($1::jsonb->>'key')::uuid
      and (select sum(accepted + quarantined) from logistics.receipt_line l where l.receipt_id = r.id) = ($1::jsonb->>'accepted')::numeric`,
    invoices: `select from finance.invoice where id = ($1::jsonb->>'id')::uuid and number = $1::jsonb->>'number'
      and (state = $1::jsonb->>'reached' or state = 'paid' or ($1::jsonb->>'reached' = 'submitted' and state in ('matched', 'approved')))`,
    payments: `select from finance.payment where id = ($1::jsonb->>'id')::uuid and reference = $1::jsonb->>'mark' and amount = ($1::jsonb->>'amount')::numeric * 100`,
    statements: `select from finance.statement where id = ($1::jsonb->>'id')::uuid and state = 'signed' and content_hash = $1::jsonb->>'hash'`,
  }
  for (const [name, query] of Object.entries(asked)) {
    const all = told[name as keyof Acknowledged]
    const missing: unknown[] = []
    for (const one of all) if ((await postgres.query(query, [JSON.stringify(one)])).rowCount !== 1) missing.push(one)
    report.check(`acknowledged is there, once: ${name} (${all.length})`, missing.length === 0 && all.length > 0, missing.slice(0, 3))
  }
}

/** What a killed worker had begun is begun again, not left locked. */
async function checkDelivered(report: Report, postgres: pg.Client): Promise<void> {
  const waiting = `select count(*)::int as n from graphile_worker._private_jobs where locked_at is not null or (attempts = 0 and run_at <= now())`
  const untilMs = performance.now() + DELIVERED_WITHIN_MS
  let n = -1
  while (n !== 0 && performance.now() < untilMs) {
    n = (await postgres.query<{ n: number }>(waiting)).rows[0]?.n ?? -1
    if (n !== 0) await sleep(250)
  }
  report.check('what happened was told to all who follow it, and no job is held by the dead', n === 0, n)
}

async function checkLedgers(report: Report, { orgId }: Field, postgres: pg.Client): Promise<void> {
  const ledgers = ledgersOn(postgres)
  const story = await ledgers.story(orgId)
  report.check(
    `orders, receipts, stock and accruals tell one story (${story.received})`,
    new Set(Object.values(story)).size === 1 && Number(story.received) > 0,
    story,
  )
  report.check('over all places together there is nothing', (await ledgers.balance(orgId)) === '0', await ledgers.balance(orgId))
  const [difference] = await ledgers.books(orgId)
  report.check('the books balance', difference === '0', difference)
}

const stockVerify = ({ platform }: Field) =>
  new Promise<{ code: number; said: string }>((done) => {
    const env = { ...process.env, LIANSHU_DATA: platform.dataDir }
    execFile(process.execPath, [`${root}/start.mjs`, 'stock:verify'], { env, cwd: root }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) : 0, said: `${stdout}${stderr}`.trim().slice(-1_000) })
    })
  })

import pg from 'pg'

/** What orders, stock and books say of what was received, seen by a role that nothing hides from. */
export async function ledgersOf(ownerUrl: string, t: { after(work: () => Promise<void>): void }) {
  const url = new URL(ownerUrl)
  url.username = 'postgres'
  const client = new pg.Client({ connectionString: url.href })
  // The database is dropped by force at the end, with whoever is connected.
  client.on('error', () => undefined)
  await client.connect()
  t.after(() => client.end())
  return { client, ...ledgersOn(client) }
}

/** The same over a connection that is there, of a role that nothing hides from. */
export function ledgersOn(client: pg.Client) {
  const one = async (text: string, values: unknown[] = []) => String((await client.query<{ n: string }>(text, values)).rows[0]?.n ?? '0')
  return {
    /** Sums over one organisation; each must tell the same story. */
    story: async (org: string) => ({
      received: await one(
        `select coalesce(sum(r.accepted + r.quarantined + r.damaged_kept - r.excess + r.excess_kept - r.returned), 0)::float8::text as n from logistics.receipt_line r where r.buyer_org = $1`,
        [org],
      ),
      /** By orders, and beyond them by claims that were settled as kept. */
      ordered: await one(
        `select (coalesce(sum(accepted), 0) + (select coalesce(sum(excess_kept - excess_kept_back), 0) from logistics.receipt_line where buyer_org = $1))::float8::text as n
         from orders.schedule_line where buyer_org = $1`,
        [org],
      ),
      stocked: await one(
        `select coalesce(sum(b.quantity), 0)::float8::text as n from inventory.balance b join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
         where b.org_id = $1 and b.owner_org = $1 and l.kind <> 'supplier'`,
        [org],
      ),
      accrued: await one(`select coalesce(sum(quantity), 0)::float8::text as n from finance.accrual_line where buyer_org = $1`, [org]),
    }),
    elsewhere: (org: string) =>
      one(
        `select coalesce(sum(b.quantity), 0)::float8::text as n from inventory.balance b join inventory.location l on l.org_id = b.org_id and l.id = b.location_id
         where b.org_id = $1 and l.kind = 'quarantine'`,
        [org],
      ),
    /** Over all places together there is nothing: every move has two ends. */
    balance: (org: string) => one(`select coalesce(sum(quantity), 0)::float8::text as n from inventory.balance where org_id = $1`, [org]),
    /** Debits less credits, and vouchers. */
    books: async (org: string) => [
      await one(`select coalesce(sum(debit - credit), 0)::text as n from finance.voucher_line where org_id = $1`, [org]),
      await one(`select count(*)::text as n from finance.voucher where org_id = $1`, [org]),
    ],
    receipts: (org: string) => one(`select count(*)::text as n from logistics.receipt where buyer_org = $1`, [org]),
  }
}

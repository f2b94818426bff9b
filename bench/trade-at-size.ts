import type pg from 'pg'
import { organisationsApi } from '#modules/foundation/organisations/contract.ts'
import { type MaterialId, materialsApi } from '#modules/trade/materials/contract.ts'
import { supplyApi } from '#modules/trade/materials/supply-contract.ts'
import { type OrderId, ordersApi } from '#modules/trade/orders/contract.ts'
import type { OrgId } from '#values/ids.ts'
import { type ApiClient, logInAgain, registerOrganisation, testCreditCode } from '../tests/api-client.ts'
import { type Field, inParallel } from '../tests/field.ts'

export const SUPPLIERS = 2_000
export const LINES_OF_AN_ORDER = 5

export interface Supplier {
  client: ApiClient
  orgId: string
  materials: MaterialId[]
}

/** One supplier who can answer, an approved source of five materials. */
export async function prepareSupplier({ platform, client }: Field): Promise<Supplier> {
  const operator = await logInAgain(platform.address, 'operator')
  const made = await registerOrganisation(operator, platform.address, { code: 'bench-supplier', kind: 'supplier', n: 9 })
  const relation = await client.call(organisationsApi.createRelation, {
    body: { supplierCreditCode: testCreditCode(9), tier: 1, since: '2026-01-01' },
  })
  await made.client.call(organisationsApi.confirmRelation, { params: { id: relation.id }, body: { version: relation.version } })
  const category = await client.call(materialsApi.createCategory, {
    body: { parentId: null, code: 'BENCH', name: '外购件', nameEn: null, prefix: 'BENCH', attributes: [] },
  })
  const materials = await inParallel(['箱体', '端盖', '曲轴', '拨叉', '齿轮'], 1, async (name) => {
    const material = await client.call(materialsApi.create, { body: { categoryId: category.id, name, kind: 'part', baseUnit: 'H87' } })
    const terms = { supplierCode: null, supplierName: null, leadTimeDays: 7, minimum: null, multiple: null }
    const source = await client.call(supplyApi.createSource, {
      params: { id: material.id },
      body: { ...terms, supplierId: made.orgId as OrgId, validFrom: '2026-01-01', validUntil: null, approved: true },
    })
    await client.call(supplyApi.addPrice, {
      params: { id: source.id },
      body: {
        currency: 'CNY',
        unit: 'H87',
        fromQuantity: '0',
        netPrice: '48.5',
        grossPrice: null,
        taxRate: '0.13',
        validFrom: '2026-01-01',
        validUntil: null,
      },
    })
    return material.id
  })
  return { ...made, materials }
}

/**
 * Open orders straight into the tables, as they would stand there: a buyer's with all his suppliers, and one supplier's with a hundred
 * other customers. Their revisions are left out, since lists do not read them.
 */
export async function generateOrders(postgres: pg.Client, buyer: string, supplier: string, lines: number): Promise<void> {
  const orders = Math.round(lines / LINES_OF_AN_ORDER)
  // The audit of what is made up here is not what is measured.
  await postgres.query(`set session_replication_role = replica`)
  await postgres.query('create temp table party as select n, uuidv7() as id from generate_series(1, $1) n', [SUPPLIERS])
  const insert = `insert into orders.order (number, buyer_org, supplier_org, buyer_name, supplier_name, state, turn, response_hours, respond_by,
      last_revision, agreed_revision, open_revision, currency, deliver_to, payment_terms, over_tolerance, under_tolerance, grace_days, net_amount,
      tax_amount, line_count, next_day, created_at, proposed_at, agreed_at)
    select 'PO-202601-' || lpad(i::text, 6, '0'), %BUYER%, %SUPPLIER%, '白泽摩托', '供应商' || p.n,
      case when i % 5 = 0 then 'proposed' else 'agreed' end, t.turn, 48, case when t.turn is not null then now() + (i % 400 - 200) * interval '1 hour' end,
      1, case when i % 5 = 0 then null else 1 end, case when t.turn is not null then 1 end, 'CNY', '一号库', '', 0, 0, 0, 1000000, 130000, 5,
      case when i % 5 > 0 then current_date + i % 60 - 10 end, now() - i * interval '1 minute', now() - i * interval '1 minute', now()
    from generate_series(1, $1) i join party p on p.n = 1 + i % $2
      cross join lateral (select case when i % 10 = 0 then 'buyer' when i % 5 = 0 then 'supplier' end as turn) t`
  await postgres.query(insert.replace('%BUYER%', '$3::uuid').replace('%SUPPLIER%', 'p.id'), [orders, SUPPLIERS, buyer])
  await postgres.query(insert.replace('%BUYER%', 'p.id').replace('%SUPPLIER%', '$3::uuid'), [orders / 10, 100, supplier])
  await postgres.query(
    `insert into orders.line (order_id, line_no, buyer_org, supplier_org, material_id, material_code, material_name, specification, unit,
       unit_factor, quantity, net_price, tax_rate, net_amount, tax_amount)
     select o.id, n, o.buyer_org, o.supplier_org, uuidv7(), 'MT-' || lpad((n * 977 + right(o.number, 4)::int)::text, 6, '0'),
       (array['左箱体', '起动电机', '曲轴连杆', '变速拨叉', '仪表总成'])[n], 'BZ250-' || n, 'H87', 1, 100, 48.5, 0.13, 485000, 63050
     from orders.order o cross join generate_series(1, $1) n`,
    [LINES_OF_AN_ORDER],
  )
  await postgres.query(
    `insert into orders.schedule_line (order_id, line_id, line_no, schedule_no, buyer_org, supplier_org, state, requested_quantity, requested_day,
       due_quantity, due_day, agreed_quantity, agreed_day, most, least)
     select l.order_id, l.id, l.line_no, 1, l.buyer_org, l.supplier_org, o.state, 100, d.day, 100, d.day,
       case when o.state = 'agreed' then 100 end, case when o.state = 'agreed' then d.day end, case when o.state = 'agreed' then 100 else 0 end,
       case when o.state = 'agreed' then 100 else 0 end
     from orders.line l join orders.order o on o.id = l.order_id
       cross join lateral (select coalesce(o.next_day, current_date + 20) + l.line_no as day) d`,
  )
  await postgres.query('set session_replication_role = origin')
  for (const table of ['order', 'line', 'schedule_line']) await postgres.query(`vacuum analyze orders.${table}`)
}

export async function proposeOrders({ client }: Field, { orgId, materials }: Supplier, count: number): Promise<OrderId[]> {
  const terms = {
    currency: 'CNY' as const,
    deliverTo: '一号库',
    paymentTerms: '',
    paymentDays: 60,
    overTolerance: '0',
    underTolerance: '0',
    graceDays: 0,
  }
  const lines = materials.map((materialId) => ({ materialId, unit: 'H87', schedule: [{ quantity: '100', day: '2030-01-10' }] }))
  return inParallel(
    Array.from({ length: count }, (_, i) => i),
    2,
    async () => {
      const order = await client.call(ordersApi.create, { body: { supplierId: orgId as OrgId, terms, lines } })
      return (await client.call(ordersApi.submit, { params: { id: order.id }, body: { version: order.version } })).id
    },
  )
}

/** Five years of a leader's documents straight into the tables, each kind with so many: what the search box looks through. */
export async function generateDocuments(postgres: pg.Client, buyer: string, n: number): Promise<void> {
  await postgres.query(`set session_replication_role = replica`)
  await postgres.query('create temp table if not exists party as select n, uuidv7() as id from generate_series(1, $1) n', [SUPPLIERS])
  const made = `generate_series(1, $2::int) i join party p on p.n = 1 + i % ${SUPPLIERS}`
  const numbered = (prefix: string) =>
    `'${prefix}-' || to_char(now() - i * interval '20 minutes', 'YYYYMM') || '-' || lpad(i::text, 6, '0')`
  const statements = [
    `insert into organisations.relation (buyer_org, supplier_org, kind, tier, since, confirmed_at, buyer_name, buyer_code, buyer_kind, supplier_name,
       supplier_code, supplier_kind, supplier_city, demo)
     select $1::uuid, id, 'supply', 1, '2021-01-01', now(), '白泽摩托', 'bench', 'leader', '供应商' || n || '精密机械有限公司', 'S' || n, 'supplier', '重庆', false
     from party where $2::int > 0`,
    `insert into orders.order (number, buyer_org, supplier_org, buyer_name, supplier_name, state, response_hours, last_revision, agreed_revision,
       currency, deliver_to, payment_terms, over_tolerance, under_tolerance, grace_days, net_amount, tax_amount, line_count, next_day, created_at,
       proposed_at, agreed_at)
     select ${numbered('PO')}, $1::uuid, p.id, '白泽摩托', '供应商' || p.n || '精密机械有限公司', 'agreed', 48, 1, 1, 'CNY', '一号库', '', 0, 0, 0, 1, 1, 1,
       current_date, now() - i * interval '20 minutes', now(), now() from ${made}`,
    `insert into logistics.shipment (buyer_org, supplier_org, buyer_name, supplier_name, number, state, deliver_to, carrier, vehicle, driver_name,
       driver_phone, note, departure_kind, departure_at, arrival_kind, arrival_at, line_count, pack_count, search_text, created_at, issued_at)
     select $1::uuid, p.id, '白泽摩托', '供应商' || p.n || '精密机械有限公司', ${numbered('ASN')}, 'received', '一号库', '', '', '', '', '', 'actual',
       now() - i * interval '20 minutes', 'actual', now() - i * interval '20 minutes' + interval '1 hour', 1, 0, '', now() - i * interval '20 minutes', now()
     from ${made}`,
    `insert into finance.invoice (buyer_org, supplier_org, buyer_name, supplier_name, drafter_org, state, number, day, currency, net, tax, gross, entered_by)
     select $1::uuid, p.id, '白泽摩托', '供应商' || p.n || '精密机械有限公司', p.id, 'paid', lpad((26000000000000000000 + i * 7919)::text, 20, '0'),
       current_date - i / 72, 'CNY', 100, 13, 113, 'bench' from ${made}`,
    `insert into inventory.item (org_id, material_id, code, name, specification, unit, control)
     select $1::uuid, id, 'MT-' || lpad(n::text, 6, '0'), '左箱体' || n, '', 'H87', 'lot' from party where $2::int > 0`,
    `insert into inventory.lot (org_id, material_id, lot, first_day)
     select $1::uuid, p.id, 'L' || to_char(current_date - i / 72, 'YYMMDD') || '-' || lpad(i::text, 6, '0'), current_date - i / 72 from ${made}`,
  ]
  for (const statement of statements) await postgres.query(statement, [buyer, n])
  await postgres.query('set session_replication_role = origin')
  for (const table of [
    'organisations.relation',
    'orders.order',
    'logistics.shipment',
    'finance.invoice',
    'inventory.lot',
    'inventory.item',
  ])
    await postgres.query(`vacuum analyze ${table}`)
}

/** Reads the order and confirms what stands there; what the confirmation alone took, in milliseconds. */
export async function confirmOrder(supplier: ApiClient, id: OrderId): Promise<number> {
  const { version, revisions, openRevision } = await supplier.call(ordersApi.get, { params: { id } })
  const hash = revisions.find((revision) => revision.no === openRevision)?.hash ?? ''
  const startedMs = performance.now()
  await supplier.call(ordersApi.accept, { params: { id }, body: { version, revision: openRevision ?? 0, hash } })
  return performance.now() - startedMs
}

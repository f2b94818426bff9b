import { sql } from 'kysely'
import { gtinWritings } from '#values/gtin.ts'
import type { MaterialId } from '../contract.ts'
import type { MaterialsTx } from './tables.ts'

const SHORTEST = 3
/** So many begin alike at most. */
const MOST = 200

interface Coded {
  id: MaterialId
  /** The whole code, not its beginning. */
  exact: boolean
}

/**
 * Materials of the own catalogue by what is not written in it: a barcode (whole; a GTIN with or without leading zeros), a supplier's code
 * (its beginning, three characters at least).
 */
export async function findByCodes(tx: MaterialsTx, search: string | undefined, state: 'inUse' | 'retired' | 'all'): Promise<Coded[]> {
  const code = search?.trim() ?? ''
  if (code.length < SHORTEST || /\s/.test(code)) return []
  const key = code.toLowerCase()
  const { rows } = await sql<Coded>`
    select m.id, bool_or(c.exact) as exact from (
      select b.material_id, true as exact from materials.barcode b where b.org_id = ${tx.orgId} and b.code = any(${gtinWritings(code)}::text[])
      union all
      (select s.material_id, s.supplier_code_key = ${key} from materials.source s
        where s.buyer_org = ${tx.orgId} and s.supplier_code_key >= ${key} and s.supplier_code_key < ${`${key}\u{10FFFF}`}
        order by s.supplier_code_key limit ${MOST})
    ) c join materials.material m on m.org_id = ${tx.orgId} and m.id = c.material_id
    where ${state} = 'all' or (m.retired_at is null) = (${state} = 'inUse')
    group by m.id`.execute(tx.sql)
  return rows
}

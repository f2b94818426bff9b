import { opaque } from '#kernel/postgres.ts'
import type { TermLimit } from '#modules/trade/orders/contract.ts'
import { chinaDay } from '#values/instant.ts'
import type { AgreementContent } from '../../agreement-contract.ts'
import { sourcingErrors } from '../../errors.ts'
import type { Rooms } from '../rooms.ts'
import type { SourcingTx } from '../tables.ts'
import { type AgreementRow, revisionOf } from './agreement-store.ts'

/** The limit that an agreement's term of payment goes beyond; the sizes are those of the day. */
export async function limitExceeded(
  { termLimit }: Pick<Rooms, 'termLimit'>,
  tx: SourcingTx,
  row: AgreementRow,
  { paymentDays: days }: AgreementContent,
  now: Date,
): Promise<TermLimit | null> {
  if (days === null || days === 0) return null
  const today = chinaDay(now)
  const limit = await termLimit(opaque(tx), { buyer: row.buyer_org, supplier: row.supplier_org, sizesOn: today, day: today, beyond: days })
  return limit ?? null
}

/** What whoever signs is told. Errors: sourcing.termTooLong, unless the same term is in force already. */
export async function signableTerm(
  rooms: Pick<Rooms, 'termLimit'>,
  tx: SourcingTx,
  row: AgreementRow,
  content: AgreementContent,
  now: Date,
) {
  const limit = await limitExceeded(rooms, tx, row, content, now)
  if (!limit?.blocking) return limit
  const inForce = row.agreed_revision === null ? undefined : await revisionOf(tx, row, row.agreed_revision)
  if (inForce?.content.paymentDays === content.paymentDays) return limit
  throw sourcingErrors.termTooLong({ id: row.id, days: limit.days, source: limit.source })
}

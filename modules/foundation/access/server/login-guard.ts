import type { CallContext } from '#kernel/context.ts'
import { accessErrors } from '../errors.ts'
import { afterFailure, failuresAllowed, type Guard, isLocked } from './lockout-rules.ts'
import type { AccessSql, AccessSystem } from './tables.ts'

const ANY_ACCOUNT = '*'
const MINUTE_MS = 60_000

const rowKeys = (account: string, address: string) =>
  [
    { account, address, allowed: failuresAllowed.account },
    { account: ANY_ACCOUNT, address, allowed: failuresAllowed.address },
  ] as const

/** A try that was counted; the instants until which it locks the account or the address if it fails. */
export interface Try {
  account: string
  lockedUntil: Date | null
  addressLockedUntil: Date | null
}

/**
 * Counts a try as failed before the secret is looked at, so that a hundred at once are no hundred tries; `passed` takes it back.
 * Unknown accounts are counted like known ones. Errors: access.locked.
 */
export async function countTry(system: AccessSystem, call: CallContext, account: string): Promise<Try> {
  const outcome = await system.inSystem(async (sqlOf) => {
    // A locked address leaves no row for each name that it invents.
    const addressGuard = await readGuard(sqlOf, ANY_ACCOUNT, call.address)
    if (isLocked(addressGuard, call.now)) return { until: addressGuard?.lockedUntil }
    const ends: (Date | null)[] = []
    for (const { account: of, address, allowed } of rowKeys(account, call.address)) {
      const guard = await lockGuard(sqlOf, of, address, call.now)
      if (isLocked(guard, call.now)) return { until: guard?.lockedUntil }
      const next = afterFailure(guard, call.now, allowed)
      await writeGuard(sqlOf, of, address, next)
      ends.push(next.lockedUntil)
    }
    return { ends }
  })
  if (outcome.until) throw accessErrors.locked({ minutes: Math.ceil((outcome.until.getTime() - call.now.getTime()) / MINUTE_MS) })
  return { account, lockedUntil: outcome.ends?.[0] ?? null, addressLockedUntil: outcome.ends?.[1] ?? null }
}

const lastOf = new Map<string, Promise<unknown>>()

/**
 * Tries of one account from one address one after another: a person with five windows whose password is right is not locked out
 * by those that are still being looked at.
 */
export function inTurn<T>(account: string, address: string, attempt: () => Promise<T>): Promise<T> {
  const key = `${account} ${address}`
  const turn = (lastOf.get(key) ?? Promise.resolve()).then(attempt, attempt)
  lastOf.set(key, turn)
  return turn.finally(() => {
    if (lastOf.get(key) === turn) lastOf.delete(key)
  })
}

/** The secret was right: the account's count starts anew, the address's goes back by this try. */
export async function passed(sqlOf: AccessSql, call: CallContext, counted: Try): Promise<void> {
  await sqlOf.deleteFrom('access.login_guard').where('account', '=', counted.account).where('address', '=', call.address).execute()
  await sqlOf
    .updateTable('access.login_guard')
    .set((eb) => ({
      failures: eb('failures', '-', 1),
      ...(counted.addressLockedUntil ? { locked_until: null, locks: eb('locks', '-', 1) } : {}),
    }))
    .where('account', '=', ANY_ACCOUNT)
    .where('address', '=', call.address)
    .where('failures', '>', 0)
    .execute()
}

async function lockGuard(sqlOf: AccessSql, account: string, address: string, now: Date): Promise<Guard | undefined> {
  // The row must be there to be locked: two first tries at once would else both count as the first.
  await sqlOf
    .insertInto('access.login_guard')
    .values({ account, address, window_start: now, failures: 0, locks: 0, last_failure_at: now, locked_until: null })
    .onConflict((oc) => oc.doNothing())
    .execute()
  return readGuard(sqlOf, account, address, { lock: true })
}

async function readGuard(sqlOf: AccessSql, account: string, address: string, { lock = false } = {}): Promise<Guard | undefined> {
  const row = await sqlOf
    .selectFrom('access.login_guard')
    .selectAll()
    .where('account', '=', account)
    .where('address', '=', address)
    .$if(lock, (q) => q.forUpdate())
    .executeTakeFirst()
  return (
    row && {
      windowStart: row.window_start,
      failures: row.failures,
      locks: row.locks,
      lastFailureAt: row.last_failure_at,
      lockedUntil: row.locked_until,
    }
  )
}

const writeGuard = (sqlOf: AccessSql, account: string, address: string, guard: Guard) =>
  sqlOf
    .updateTable('access.login_guard')
    .set({
      window_start: guard.windowStart,
      failures: guard.failures,
      locks: guard.locks,
      last_failure_at: guard.lastFailureAt,
      locked_until: guard.lockedUntil,
    })
    .where('account', '=', account)
    .where('address', '=', address)
    .execute()

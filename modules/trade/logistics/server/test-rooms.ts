import { systemClock } from '#kernel/clock.ts'
import type { Context } from '#kernel/context.ts'
import { moduleDatabase, systemDatabase } from '#kernel/postgres.ts'
import { organisationsModule } from '#modules/foundation/organisations/module.ts'
import { AppError } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../tests/context.ts'
import { testPools } from '../../../../tests/pools.ts'
import type { Rooms } from './rooms.ts'

interface Cleanup {
  after(work: () => Promise<void>): void
}

const credit = ['91500000MA0000001B', '91500000MA0000002E', '91500000MA0000003H', '91500000MA0000004L']

/** A leader, two suppliers that deliver to him, and a stranger, in a database of the test's own. */
export async function testRooms(t: Cleanup) {
  const pools = await testPools(t)
  const noGrant = () => Promise.reject(new Error('no grants here'))
  const organisations = organisationsModule({ db: moduleDatabase(pools.app, noGrant), system: systemDatabase(pools.system) })
  const now = systemClock.now()
  const join = (code: string, name: string, n: number) =>
    systemDatabase<never>(pools.system).inSystem((sqlOf) =>
      organisations.public.createOrganisation(
        { orgId: '' as OrgId, sql: sqlOf },
        { code, name, kind: n === 0 ? 'leader' : 'supplier', creditCode: credit[n] ?? '', demo: false },
        now,
      ),
    )
  const [leader, supplier, second, stranger] = [
    await join('leader', '整车厂', 0),
    await join('castings', '压铸厂', 1),
    await join('motors', '电机厂', 2),
    await join('stranger', '旁观厂', 3),
  ]
  for (const one of [supplier, second])
    await systemDatabase<never>(pools.system).inSystem((sqlOf) =>
      organisations.public.createRelation(
        { orgId: '' as OrgId, sql: sqlOf },
        { buyer: leader.orgId, supplier: one.orgId, kind: 'supply', tier: 1, since: '2026-01-01' },
        now,
      ),
    )
  const as = ({ orgId, orgNo }: { orgId: OrgId; orgNo: number }, name: string): Context =>
    testContext({ orgId, orgNo, actor: { kind: 'user', id: `of ${name}`, name }, now })
  const rooms: Rooms = { db: moduleDatabase(pools.app, noGrant), organisations: organisations.public }
  return {
    rooms,
    pools,
    leader: as(leader, '收货员'),
    supplier: as(supplier, '发货员'),
    second: as(second, '电机厂发货员'),
    stranger: as(stranger, '旁人'),
  }
}

export const failsWith = (code: string) => (error: unknown) => error instanceof AppError && error.code === code

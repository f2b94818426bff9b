import { sql } from 'kysely'
import type { Context, OrgScope } from '#kernel/context.ts'
import { moduleDatabase, type Pool, systemDatabase } from '#kernel/postgres.ts'
import type { Composition } from './modules.ts'

export interface DemoDeps {
  composition: Composition
  app: Pool
  system: Pool
  dataDir: string
  now: Date
}

export type OrganisationContexts = Map<string, Context>

/** What the making of the demo chain stands in the audit as. */
export const demoActor = { kind: 'job', id: 'demo chain', name: '演示数据' } as const

/** First data of one organisation: may do in it what any of its people may. */
export function contextOf({ composition, now }: DemoDeps, { orgId, orgNo }: OrgScope): Context {
  const permissions = new Set(composition.modules.flatMap((module) => Object.keys(module.permissions)))
  return {
    orgId,
    orgNo,
    actor: demoActor,
    now,
    locale: 'zh-CN',
    traceId: '',
    address: '',
    userAgent: '',
    scopes: { permissions, sites: 'all' },
  }
}

const noGrants = () => Promise.reject(new Error('First data reads no granted rows.'))

/** A reference of the leader's own record to the demo chain says that the chain is whole. */
export const markComplete = ({ app }: DemoDeps, leader: Context): Promise<unknown> =>
  moduleDatabase<never>(app, noGrants).inTenant(leader, (tx) =>
    sql`insert into kernel.external_reference (org_id, entity, entity_id, system, type, key)
      values (${leader.orgId}, 'organisations.organisation', ${leader.orgId}, 'lianshu', 'demo', 'complete')`.execute(tx.sql),
  )

export const isComplete = ({ app }: DemoDeps, leader: Context): Promise<boolean> =>
  moduleDatabase<never>(app, noGrants).inTenant(leader, async (tx) => {
    const { rows } = await sql`select from kernel.external_reference
      where org_id = ${leader.orgId} and system = 'lianshu' and type = 'demo' and key = 'complete'`.execute(tx.sql)
    return rows.length > 0
  })

export const loginIsTaken = ({ system }: DemoDeps, login: string): Promise<boolean> =>
  systemDatabase<never>(system).inSystem(async (tx) => {
    const { rows } = await sql`select from access.person where login = ${login}`.execute(tx)
    return rows.length > 0
  })

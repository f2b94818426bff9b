import { randomBytes, randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { v7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import { opaque, systemDatabase } from '#kernel/postgres.ts'
import { OrgId } from '#values/ids.ts'
import { type DemoChain, loadDemoChain } from '../../industries/demo/chain.ts'
import { contextOf, type DemoDeps, demoActor, isComplete, loginIsTaken, markComplete, type OrganisationContexts } from './demo-context.ts'
import { type DemoAccount, demoWasRemoved, keepDemo, readAccounts } from './demo-files.ts'
import { seedAlarms } from './seed-demo-alarms.ts'
import { seedGateway } from './seed-demo-gateway.ts'
import { seedLogistics } from './seed-demo-logistics.ts'
import { seedMaterials } from './seed-demo-materials.ts'
import { seedOrders } from './seed-demo-orders.ts'
import { type DemoMachines, seedPlants } from './seed-demo-plants.ts'
import { seedProgramme } from './seed-demo-programme.ts'
import { seedSourcing } from './seed-demo-sourcing.ts'
import { seedSupplierStock } from './seed-demo-stock.ts'

/**
 * Makes the demo chain where there is none, by the modules' public functions alone; where there is one it only returns the accounts.
 * Errors: HalfMadeDemo.
 */
export async function seedDemo(deps: DemoDeps): Promise<DemoAccount[]> {
  const { composition, dataDir } = deps
  if (demoWasRemoved(dataDir)) return []
  const chain = loadDemoChain()
  const leader = await composition.organisations.public.organisationByCode(chain.leader)
  // A real organisation has taken the leader's name: there is no room for a demo here.
  if (leader && !leader.demo) return []
  if (leader && (await isComplete(deps, contextOf(deps, leader)))) return readAccounts(dataDir)
  if (leader) throw new HalfMadeDemo()
  const contexts = await seedOrganisations(deps, chain)
  // Passwords are hashed beside the main thread.
  const [accounts, plants] = await Promise.all([seedPeople(deps, chain), seedPlants(deps, chain, contexts)])
  const gateway = await seedGateway(deps, chain, contexts, plants)
  await seedGrants(deps, chain, contexts, plants.machines)
  const materials = await seedMaterials(deps, contexts)
  await Promise.all([
    seedProgramme(deps, chain, contexts),
    seedAlarms(deps, chain, contexts),
    seedOrders(deps, contexts, materials),
    seedSourcing(deps, contexts, materials),
    seedSupplierStock(deps, contexts, materials),
  ])
  await seedLogistics(deps, contexts, materials)
  keepDemo(dataDir, { accounts, fleet: { seed: randomInt(1, 2 ** 31), ...plants.fleet }, gateway })
  await markComplete(deps, contexts.get(chain.leader) as Context)
  return accounts
}

/** The demo chain was begun and never finished: nobody has used it, it is removed and made anew. */
export class HalfMadeDemo extends Error {}

const SIZES_FROM = '2025-01-01'

async function seedOrganisations(deps: DemoDeps, chain: DemoChain): Promise<OrganisationContexts> {
  const { organisations } = deps.composition
  const contexts: OrganisationContexts = new Map()
  const ids = new Map(chain.organisations.map(({ code }) => [code, OrgId.parse(v7())]))
  const idOf = (code: string) => ids.get(code) as OrgId
  const leaderId = idOf(chain.leader)
  const acting = { orgId: leaderId, actor: demoActor, address: '', traceId: '' }
  await systemDatabase(deps.system).inSystem(async (transaction) => {
    const tx = opaque({ orgId: leaderId, sql: transaction })
    for (const organisation of chain.organisations) {
      const { employees, revenueWan, ...rest } = organisation
      // Thresholds are known of manufacturing alone.
      const sizes = organisation.industry === null ? [] : [{ validFrom: SIZES_FROM, employees, revenueWan }]
      const orgId = idOf(organisation.code)
      // Its audit belongs to itself, not to whoever is first in this transaction.
      await sql`select set_config('app.org', ${orgId}, true)`.execute(transaction)
      const scope = await organisations.public.createOrganisation(tx, { ...rest, orgId, demo: true, sizes }, deps.now)
      contexts.set(organisation.code, contextOf(deps, scope))
    }
    for (const { buyer, supplier, kind, tier, since } of chain.relations) {
      await sql`select set_config('app.org', ${idOf(buyer)}, true)`.execute(transaction)
      await organisations.public.createRelation(tx, { buyer: idOf(buyer), supplier: idOf(supplier), kind, tier, since }, deps.now)
    }
  }, acting)
  return contexts
}

async function seedPeople(deps: DemoDeps, chain: DemoChain): Promise<DemoAccount[]> {
  const { composition, now } = deps
  const accounts: DemoAccount[] = []
  for (const { login: wanted, displayName, organisation, role } of chain.users) {
    const facts = await composition.organisations.public.organisationByCode(organisation)
    if (!facts) throw new Error(`No organisation ${organisation}`)
    // Log-ins are the platform's: a real person who has one keeps it for himself.
    const login = (await loginIsTaken(deps, wanted)) ? `demo-${wanted}` : wanted
    const password = newPassword()
    const { orgId } = facts
    await composition.access.public.createPersonWithMembership({ orgId, login, displayName, password, roles: [role], locale: 'zh-CN' }, now)
    accounts.push({ login, password, organisation: facts.name, role: displayName })
  }
  return accounts
}

const DAY_MS = 86_400_000
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Read from a console and typed: four groups without letters that look alike, over 90 bits. */
const newPassword = (): string => {
  const group = () => Array.from(randomBytes(5), (byte) => LETTERS[byte % LETTERS.length]).join('')
  return `${group()}-${group()}-${group()}-${group().toUpperCase()}`
}

async function seedGrants({ composition, now }: DemoDeps, chain: DemoChain, contexts: OrganisationContexts, machines: DemoMachines) {
  for (const { from, to, device, purpose, days } of chain.grants) {
    const [grantor, grantee, item] = [contexts.get(from), contexts.get(to), machines.get(`${from}/${device}`)]
    if (!grantor || !grantee || !item) throw new Error(`Grant of ${from}/${device} to ${to}: one of them does not exist`)
    await composition.sharing.public.createAgreement(grantor, {
      granteeId: grantee.orgId,
      dataSet: 'telemetry.values',
      items: [item],
      fields: 'all',
      purpose,
      granularity: 'raw',
      delayMinutes: 0,
      // The machines are seen with some hours of their past.
      from: new Date(now.getTime() - DAY_MS).toISOString(),
      until: new Date(now.getTime() + days * DAY_MS).toISOString(),
    })
  }
}

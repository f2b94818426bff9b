import type { Context } from '#kernel/context.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import type { DemoChain } from '../../industries/demo/chain.ts'
import { demoCreditCode } from '../../industries/demo/credit-code.ts'
import { type DemoProgramme, loadDemoProgramme } from '../../industries/demo/demo-programme.ts'
import type { DemoDeps, OrganisationContexts } from './demo-context.ts'

const DAY_MS = 86_400_000
const CONTRACT_DAYS = 720
const PHONE = '023-6800 0000'

type Member = DemoProgramme['members'][number]

/** The leader's programme of partners, each step taken by the side that takes it. */
export async function seedProgramme(deps: DemoDeps, chain: DemoChain, contexts: OrganisationContexts): Promise<void> {
  const { programme } = deps.composition
  const { leader, members, newcomers } = loadDemoProgramme()
  const of = (code: string, daysAgo = 0): Context => {
    const context = contexts.get(code)
    if (!context) throw new Error(`industries/demo/trade.yaml, programme: nothing is called ${code}`)
    return { ...context, now: new Date(deps.now.getTime() - daysAgo * DAY_MS) }
  }
  for (const member of members) await seedMember(deps, chain, member, (daysAgo) => [of(leader, daysAgo), of(member.supplier, daysAgo)])
  for (const { name, number, contact, delivers } of newcomers)
    await programme.public.invite(of(leader), { name, creditCode: demoCreditCode(number), contactName: contact, delivers })
}

async function seedMember(
  { composition: { programme }, now }: DemoDeps,
  chain: DemoChain,
  member: Member,
  sides: (daysAgo: number) => [Context, Context],
): Promise<void> {
  const { supplier, delivers, contact, state, daysAgo, tier, contractNo, reason } = member
  const [leader, itself] = sides(daysAgo)
  const id = await programme.public.takeIn(leader, itself.orgId)
  if (state === 'invited') return
  const facts = chain.organisations.find(({ code }) => code === supplier)
  await programme.public.apply(itself, id, {
    name: facts?.name ?? supplier,
    nameEn: facts?.nameEn ?? null,
    industry: facts?.industry ?? null,
    city: facts?.city ?? null,
    employees: facts?.employees ?? 0,
    revenueWan: facts?.revenueWan ?? 0,
    delivers,
    contactName: contact,
    contactPhone: PHONE,
  })
  if (state === 'applied') return
  await programme.public.act(leader, id, { action: 'startReview' })
  if (state === 'underReview') return
  const from = shiftDate(chinaDay(now), -daysAgo)
  const contract = contractNo === undefined ? {} : { contractNo, contractFrom: from, contractUntil: shiftDate(from, CONTRACT_DAYS) }
  await programme.public.admit(leader, id, { tier: tier ?? 'approved', ...contract })
  if (state === 'suspended') await programme.public.act(leader, id, { action: 'suspend', reason: reason ?? null })
}

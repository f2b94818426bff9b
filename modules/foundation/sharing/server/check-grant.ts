import type { Context } from '#kernel/context.ts'
import { type CheckGrant, type GrantFacts, type GrantRequest, opaque } from '#kernel/postgres.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import type { OrgId } from '#values/ids.ts'
import { chinaDay } from '#values/instant.ts'
import { DataSet } from '../contract.ts'
import { sharingErrors } from '../errors.ts'
import { findOpenAgreements, type OpenAgreement, readOpenAgreements } from './granted-reads.ts'
import { mergeOpenings, type Opening } from './sharing-rules.ts'
import type { SharingDatabase, SharingTx } from './tables.ts'

export type Partners = Pick<OrganisationsPublic, 'labels' | 'relationWith' | 'scope'>

/** The latest instant that a Date can hold: the standing openings have no period. */
const END_OF_TIME_MS = 8.64e15
const MACHINE_CARD: Opening = {
  items: 'all',
  fields: ['name', 'type'],
  granularity: 'raw',
  delayMinutes: 0,
  fromMs: 0,
  untilMs: END_OF_TIME_MS,
}

/** Errors: sharing.noRelation, sharing.notGranted. */
export function checkGrantWith(db: SharingDatabase, organisations: Partners): CheckGrant {
  return async (ctx, request) => {
    const asked = { ...request, dataSet: DataSet.parse(request.dataSet) }
    const opening = await db.inTenant(ctx, async (tx) => {
      await mustBeRelated(tx, ctx, organisations, request.owner)
      if (asked.dataSet === 'machine.card') return MACHINE_CARD
      return merged(asked, await readOpenAgreements(tx, ctx, asked)) ?? notGranted(tx, ctx, organisations, asked)
    })
    return { ...opening, ...(await organisations.scope(request.owner)) } satisfies GrantFacts
  }
}

/** As checkGrant, but asks only: nothing is logged and nothing is thrown. */
export const grantsToWith =
  (db: SharingDatabase, organisations: Partners) =>
  (ctx: Context, owner: OrgId, dataSet: DataSet): Promise<Opening | undefined> =>
    db.inTenant(ctx, async (tx) => {
      if (!(await organisations.relationWith(opaque(tx), owner, chinaDay(ctx.now)))) return undefined
      if (dataSet === 'machine.card') return MACHINE_CARD
      return merged({ itemId: null }, await findOpenAgreements(tx, { owner, dataSet, itemId: null }, ctx.now))
    })

async function mustBeRelated(tx: SharingTx, ctx: Context, organisations: Partners, owner: OrgId): Promise<void> {
  if (await organisations.relationWith(opaque(tx), owner, chinaDay(ctx.now))) return
  throw sharingErrors.noRelation({ orgId: owner })
}

function merged({ itemId }: Pick<GrantRequest, 'itemId'>, agreements: OpenAgreement[]): Opening | undefined {
  const [first, ...more] = agreements.map(
    (agreement): Opening => ({
      items: itemId === null ? (agreement.item_ids ?? 'all') : [itemId],
      fields: agreement.fields ?? 'all',
      granularity: agreement.granularity,
      delayMinutes: agreement.delay_minutes,
      fromMs: agreement.valid_from.getTime(),
      untilMs: agreement.valid_until.getTime(),
    }),
  )
  return first && mergeOpenings([first, ...more])
}

async function notGranted(tx: SharingTx, ctx: Context, organisations: Partners, { owner, dataSet }: GrantRequest): Promise<never> {
  const label = (await organisations.labels(opaque(tx), [owner])).get(owner)
  const partner = ctx.locale === 'en-US' ? (label?.nameEn ?? label?.name) : label?.name
  throw sharingErrors.notGranted({ partner: partner ?? '', dataSet })
}

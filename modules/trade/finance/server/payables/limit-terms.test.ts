import assert from 'node:assert/strict'
import test from 'node:test'
import { v7 as uuidv7 } from 'uuid'
import { moduleDatabase, opaque, systemDatabase } from '#kernel/postgres.ts'
import type { SizeClass } from '#modules/foundation/organisations/contract.ts'
import { OrgId } from '#values/ids.ts'
import { testContext } from '../../../../../tests/context.ts'
import { testPools } from '../../../../../tests/pools.ts'
import type { FinanceTables } from '../tables.ts'
import { limitTerms } from './limit-terms.ts'
import { putRule } from './term-store.ts'

const [large, small, unknown] = [0, 1, 2].map(() => OrgId.parse(uuidv7())) as [OrgId, OrgId, OrgId]

test('a large buyer and a small supplier: the 60 days of the regulation, and the rule that blocks before the one that only tells', async (t) => {
  const pools = await testPools(t)
  const db = moduleDatabase<FinanceTables>(pools.app, () => Promise.reject(new Error('no grant')))
  // Small today; it was large until the end of last year.
  const sizes = async (orgId: OrgId, day: string): Promise<SizeClass | undefined> =>
    orgId === large ? 'large' : orgId === small ? (day < '2026-01-01' ? 'large' : 'small') : undefined
  const ask = (supplier: OrgId, more: { beyond?: number; sizesOn?: string; day?: string } = {}) =>
    db.inTenant(testContext({ orgId: large }), (tx) =>
      limitTerms({ sizes })(opaque(tx), { buyer: large, supplier, sizesOn: '2026-11-28', day: '2026-11-28', ...more }),
    )
  assert.equal((await ask(small))?.days, 60)
  assert.match((await ask(small))?.source ?? '', /802/)
  assert.equal(await ask(small, { beyond: 60 }), undefined, '60 days are not beyond 60')
  assert.equal((await ask(small, { beyond: 61 }))?.days, 60)
  assert.equal(await ask(small, { beyond: 61, sizesOn: '2025-12-31' }), undefined, 'its size as it was then')
  assert.equal(await ask(small, { beyond: 61, day: '2025-05-31' }), undefined, 'before the regulation')
  assert.equal(await ask(unknown, { beyond: 365 }), undefined, 'no size, no claim')

  await systemDatabase<FinanceTables>(pools.system).inSystem((sqlOf) =>
    putRule(sqlOf, {
      clause: 'never90',
      name: 'nobody beyond 90',
      payerClasses: ['large'],
      payeeClasses: ['small'],
      days: 90,
      validFrom: '2026-01-01',
      validUntil: null,
      source: 'the operator',
      blocking: true,
    }),
  )
  const tells = await ask(small, { beyond: 90 })
  assert.deepEqual([tells?.days, tells?.blocking], [60, false])
  const blocks = await ask(small, { beyond: 91 })
  assert.deepEqual([blocks?.days, blocks?.blocking], [90, true])
})

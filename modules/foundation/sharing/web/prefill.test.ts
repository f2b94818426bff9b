import { describe, expect, it } from 'vitest'
import type { Agreement } from '../contract.ts'
import { prefillOf, readPrefill } from './prefill.ts'

const id = (n: number) => `019ab000-0000-7000-8000-00000000000${n}`
const agreement = {
  grantee: { orgId: id(9) },
  items: [
    { id: id(1), label: '压铸机 1, 北侧' },
    { id: id(2), label: 'A~B' },
  ],
  fields: ['temperature', 'power'],
  purpose: '质量 & 追溯',
  granularity: 'kpi',
  delayMinutes: 60,
} as unknown as Agreement

describe('the form’s address', () => {
  it('carries the terms there and back', () => {
    expect(readPrefill(new URLSearchParams(prefillOf(agreement)))).toEqual({
      partnerId: id(9),
      items: agreement.items,
      fields: agreement.fields,
      purpose: agreement.purpose,
      granularity: 'kpi',
      delayMinutes: 60,
    })
  })
  it('leaves open what it does not say and drops what makes no sense', () => {
    expect(readPrefill(new URLSearchParams('items=x~y,~,zz&delay=-3&granularity=all'))).toEqual({
      partnerId: undefined,
      items: [],
      fields: [],
      purpose: '',
      granularity: 'raw',
      delayMinutes: 0,
    })
  })
  it('is not made where it would be too long', () => {
    expect(
      prefillOf({ ...agreement, items: Array.from({ length: 300 }, () => ({ id: id(1), label: '设备' })) } as Agreement),
    ).toBeUndefined()
  })
})

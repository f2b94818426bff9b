import { v7 as uuidv7 } from 'uuid'
import type { Context } from '#kernel/context.ts'
import type { OrgId } from '#values/ids.ts'

let lastOrgNo = 1_000_000

/** A signed-in user of an organisation of his own, with what the test says otherwise. */
export const testContext = (change: Partial<Context> & { permissions?: readonly string[] } = {}): Context => {
  const { permissions = [], ...rest } = change
  return {
    orgId: uuidv7() as OrgId,
    orgNo: ++lastOrgNo,
    actor: { kind: 'user', id: uuidv7() },
    now: new Date(),
    locale: 'zh-CN',
    traceId: uuidv7(),
    address: '127.0.0.1',
    userAgent: 'test',
    scopes: { permissions: new Set(permissions), sites: 'all' },
    ...rest,
  }
}

import type { OrgId } from '#values/ids.ts'

/** An organisation as both stores know it: PostgreSQL by its id, ClickHouse by its number. */
export interface OrgScope {
  readonly orgId: OrgId
  readonly orgNo: number
}

export interface Actor {
  kind: 'user' | 'client' | 'device' | 'job' | 'system'
  id: string
  name?: string
}

export type Language = 'zh-CN' | 'en-US'

/** What is known of a request before anybody is signed in. */
export interface CallContext {
  now: Date
  locale: Language
  traceId: string
  /** Network address of the caller; empty for jobs. */
  address: string
  userAgent: string
}

/** The key that a run of a request holds; see kernel/idempotency.ts. */
export interface DoneOnce {
  orgId: OrgId
  key: string
  actor: string
  run: string
}

/** Who acts, for whom, when: a request, a job and a message from a device each have one. */
export interface Context extends OrgScope, CallContext {
  actor: Actor
  scopes: {
    permissions: ReadonlySet<string>
    /** Sites the actor is confined to; `all` where he is not. */
    sites: readonly string[] | 'all'
  }
  sessionId?: string
  /** Of a request with an Idempotency-Key: whatever it writes for its organisation commits once. */
  once?: DoneOnce
}

/** Whether a row of this site (undefined: of none) lies within what the actor may see. */
export const inScope = (ctx: Context, siteId: string | null | undefined): boolean =>
  ctx.scopes.sites === 'all' || (siteId != null && ctx.scopes.sites.includes(siteId))

/** Background work of one organisation: no permissions, all sites. `actor` is whoever caused it. */
export const backgroundContext = (scope: OrgScope, actor: Actor, traceId: string, now: Date): Context => ({
  ...scope,
  actor,
  now,
  locale: 'zh-CN',
  traceId,
  address: '',
  userAgent: '',
  scopes: { permissions: new Set(), sites: 'all' },
})

import { sql } from 'kysely'
import type { CallContext, Context } from '#kernel/context.ts'
import type { Routes, Serving, SessionCookie } from '#kernel/http.ts'
import { moduleDatabase, openPool, systemDatabase } from '#kernel/postgres.ts'
import { accessApi } from '#modules/foundation/access/contract.ts'
import { accessModule } from '#modules/foundation/access/module.ts'
import { organisationsModule } from '#modules/foundation/organisations/module.ts'
import type { NewOrganisation } from '#modules/foundation/organisations/public.ts'
import type { Endpoint } from '#values/endpoint.ts'
import { requestErrors } from '#values/errors.ts'
import type { OrgId } from '#values/ids.ts'
import type { BuiltInRole, Permissions } from '#values/permission.ts'
import { testDatabase } from './postgres.ts'

/** Stands for the modules above: what an engineer may, what only the auditor may. */
export const otherPermissions: Permissions = {
  'devices.read': ['owner', 'engineer', 'staff'],
  'devices.manage': ['owner', 'engineer'],
  'security.readAudit': ['owner', 'auditAdmin'],
}

const MINUTE_MS = 60_000
export const password = 'correct horse 42 battery'

type Handler = (input: never) => Promise<unknown>

/** Organisations and access over a database of their own, a clock that is set by hand, and callers as browsers or programs. */
export async function testbed(t: { after(work: () => Promise<void>): void }, setupCode = 'set-up') {
  const urls = await testDatabase(t)
  const app = openPool(urls.appUrl, { max: 6, name: 'test' })
  const system = openPool(urls.systemUrl, { max: 6, name: 'test' })
  t.after(async () => {
    await Promise.all([app.destroy(), system.destroy()])
  })
  const clock = manualClock(Date.parse('2026-11-22T01:00:00Z'))
  const db = <T>() => moduleDatabase<T>(app, () => Promise.reject(new Error('no grants here')))
  const organisations = organisationsModule({ db: db(), system: systemDatabase(system), usages: () => [] })
  const permissions = (): Permissions => ({ ...organisations.permissions, ...access.permissions, ...otherPermissions })
  const access = accessModule({
    db: db(),
    system: systemDatabase(system),
    organisations: organisations.public,
    clock,
    permissions,
    setupCode,
    demo: false,
  })
  const handlers = handlersOf([organisations.routes, access.routes])
  const caller = (address = '192.0.2.1') => callerOf(handlers, access.public.authenticate, clock, address)
  let numbers = 0
  return {
    clock,
    access: access.public,
    organisations: organisations.public,
    permissions,
    app: systemDatabase<never>(app),
    system: systemDatabase<never>(system),
    database: db,
    ownerUrl: urls.ownerUrl,
    caller,
    newOrganisation: (change: Partial<NewOrganisation> = {}): Promise<OrgId> => {
      const n = ++numbers
      const organisation: NewOrganisation = {
        code: `org-${n}`,
        name: `第${n}厂`,
        kind: 'supplier',
        creditCode: creditCodes[n - 1] ?? '',
        demo: false,
        ...change,
      }
      return systemDatabase<never>(system).inSystem(async (sqlOf) => {
        const tx = { orgId: '' as OrgId, sql: sqlOf }
        return (await organisations.public.createOrganisation(tx, organisation, clock.now())).orgId
      })
    },
    newUser: (orgId: OrgId, login: string, roles: readonly BuiltInRole[] = ['owner'], more: { siteIds?: string[] } = {}) =>
      access.public.createPersonWithMembership({ orgId, login, displayName: `用户 ${login}`, password, roles, ...more }, clock.now()),
    signIn: async (login: string, secret = password, address?: string) => {
      const one = caller(address)
      await one.call(accessApi.logIn, { body: { login, password: secret } })
      return one
    },
    auditActions: async (orgId: OrgId | null): Promise<string[]> => {
      const { rows } = await systemDatabase<never>(system).inSystem((sqlOf) =>
        sql<{ action: string }>`select action from kernel.audit where org_id is not distinct from ${orgId}::uuid order by id`.execute(
          sqlOf,
        ),
      )
      return rows.map((row) => row.action)
    },
  }
}

function manualClock(startMs: number) {
  let nowMs = startMs
  return {
    now: () => new Date(nowMs),
    nowMs: () => nowMs,
    passMinutes: (minutes: number) => {
      nowMs += minutes * MINUTE_MS
    },
  }
}

function handlersOf(routes: readonly Routes[]): Map<Endpoint, Handler> {
  const handlers = new Map<Endpoint, Handler>()
  const keep = (e: unknown, handle: unknown) => void handlers.set(e as Endpoint, handle as Handler)
  const serving = { serve: keep, servePublic: keep, serveEvents: keep, serveText: keep } as Serving
  for (const route of routes) route(serving)
  return handlers
}

interface Input {
  params?: unknown
  query?: unknown
  body?: unknown
  authorization?: string
}

/** Does what kernel/http.ts does, without a socket: who calls, may he, does the input fit. */
function callerOf(
  handlers: Map<Endpoint, Handler>,
  authenticate: ReturnType<typeof accessModule>['public']['authenticate'],
  clock: { now(): Date },
  address: string,
) {
  const jar: { cookie?: string; bearer?: string } = {}
  const cookie: SessionCookie = {
    set: (token) => {
      jar.cookie = token
    },
    clear: () => {
      delete jar.cookie
    },
  }
  const callNow = (): CallContext => ({ now: clock.now(), locale: 'zh-CN', traceId: 'test', address, userAgent: 'node:test' })
  const context = async (permission: string): Promise<Context> => {
    const identity = await authenticate(jar, callNow())
    if (!identity) throw requestErrors.notSignedIn()
    const ctx = { ...callNow(), ...identity.ctx }
    if (permission !== 'signedIn' && !ctx.scopes.permissions.has(permission)) throw requestErrors.notAllowed({ permission })
    return ctx
  }
  return {
    jar,
    context: () => context('signedIn'),
    // biome-ignore lint/suspicious/noExplicitAny: the tests read the fields of many different answers
    call: async (e: Endpoint<any, any, any, any>, input: Input = {}): Promise<any> => {
      const who = e.permission === 'public' ? { call: callNow() } : { ctx: await context(e.permission) }
      const parsed = { params: e.params.parse(input.params ?? {}), query: e.query.parse(input.query ?? {}), body: e.body.parse(input.body) }
      const handle = handlers.get(e)
      if (!handle) throw new Error(`${e.path} is not served`)
      return e.response.parse(await handle({ ...who, ...parsed, cookie, authorization: input.authorization } as never))
    },
  }
}
export type Caller = ReturnType<typeof callerOf>

/** Made up, with right check characters. */
export const creditCodes = [
  '91500000MA0000001B',
  '91500000MA0000002E',
  '91500000MA0000003H',
  '91500000MA0000004L',
  '91500000MA0000005P',
  '91500000MA0000006T',
  '91500000MA0000007X',
  '91500000MA00000081',
  '91500000MA00000094',
  '91500000MA00000109',
  '91500000MA0000011C',
  '91500000MA0000012F',
  '91500000MA0000013J',
  '91500000MA0000014M',
  '91500000MA0000015Q',
  '91500000MA0000016U',
  '91500000MA0000017Y',
  '91500000MA00000182',
  '91500000MA00000195',
  '91500000MA0000020A',
  '91500000MA0000021D',
  '91500000MA0000022G',
  '91500000MA0000023K',
  '91500000MA0000024N',
]

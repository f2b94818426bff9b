import type { Context, Language } from '#kernel/context.ts'
import type { Authenticate } from '#kernel/http.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { BuiltInRole } from '#values/permission.ts'
import type { ClientId, PersonId } from './contract.ts'

export interface NewUser {
  orgId: OrgId
  login: string
  displayName: string
  /** Of a person that is there already the password stays as it is. */
  password: string
  roles: readonly BuiltInRole[]
  /** None: all sites. */
  siteIds?: readonly string[]
  locale?: 'zh-CN' | 'en-US'
  /** Default false. */
  mustChangePassword?: boolean
}

export interface FirstPerson {
  orgId: OrgId
  login: string
  displayName: string
  /** As `firstPassword` made it. */
  passwordHash: string
}

/** The context acts in it; the secret is known here and nowhere else. */
export interface Sandbox {
  ctx: Context
  code: string
  client: { clientId: ClientId; clientSecret: string }
}

export interface AccessPublic {
  /** Who a request's cookie or bearer token belongs to. */
  authenticate: Authenticate
  /** Names of the organisation's users; others are left out. */
  labels(tx: OpaqueTx, personIds: readonly PersonId[]): Promise<Map<PersonId, { displayName: string; login: string }>>
  /** Active users of the organisation who may do this, whatever their sites. */
  personsWith(tx: OpaqueTx, permission: string): Promise<PersonId[]>
  /** In which language each person reads; as the system role. */
  languagesOf(personIds: readonly PersonId[]): Promise<Map<PersonId, Language>>
  /**
   * A sandbox of the caller's organisation with an API client of its own; a user may switch to it at once as its owner. With `replace` the one
   * before is suspended for good. Errors: organisations.sandboxExists.
   */
  openSandbox(ctx: Context, replace: boolean): Promise<Sandbox>
  /** The hash of the password of a person that is to be. Errors: access.weakPassword, access.loginTaken. */
  firstPassword(login: string, password: string, names: readonly string[]): Promise<string>
  minPasswordLength: number
  /** In a transaction of the system role, of a new organisation: its owner. Errors: access.loginTaken. */
  createFirstPerson(tx: OpaqueTx, owner: FirstPerson, now: Date): Promise<PersonId>
  /** First data, as the system role: a person, or another membership of one with this log-in; done again it changes nothing. */
  createPersonWithMembership(user: NewUser, now: Date): Promise<PersonId>
}

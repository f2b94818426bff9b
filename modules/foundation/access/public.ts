import type { Authenticate } from '#kernel/http.ts'
import type { OpaqueTx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { BuiltInRole } from '#values/permission.ts'
import type { PersonId } from './contract.ts'

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

export interface AccessPublic {
  /** Who a request's cookie or bearer token belongs to. */
  authenticate: Authenticate
  /** Names of the organisation's users; others are left out. */
  labels(tx: OpaqueTx, personIds: readonly PersonId[]): Promise<Map<PersonId, { displayName: string; login: string }>>
  /** First data, as the system role: a person, or another membership of one with this log-in; done again it changes nothing. */
  createPersonWithMembership(user: NewUser, now: Date): Promise<PersonId>
}

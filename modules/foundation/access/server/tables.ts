import type { Generated, Transaction } from 'kysely'
import type { ModuleDatabase, SystemDatabase, Tx } from '#kernel/postgres.ts'
import type { OrgId } from '#values/ids.ts'
import type { ClientId, PersonId, PolicyProfile, RoleId, SessionId } from '../contract.ts'

interface PersonTable {
  id: Generated<PersonId>
  login: string
  home_org: OrgId
  password_hash: string
  password_set_at: Date
  must_change_password: boolean
  locale: Generated<'zh-CN' | 'en-US'>
  current_org: OrgId
  created_at: Date
}

interface MembershipTable {
  org_id: OrgId
  person_id: PersonId
  login: string
  display_name: string
  role_ids: RoleId[]
  site_ids: string[]
  active: Generated<boolean>
  created_at: Date
  version: Generated<number>
}

interface RoleTable {
  org_id: OrgId
  id: Generated<RoleId>
  name: string
  permissions: string[]
  version: Generated<number>
}

interface ApiClientTable {
  org_id: OrgId
  id: Generated<ClientId>
  name: string
  secret_hash: Buffer
  scopes: string[]
  site_ids: string[]
  active: Generated<boolean>
  created_at: Date
  version: Generated<number>
}

interface SessionTable {
  id: Generated<SessionId>
  token_hash: Buffer
  person_id: PersonId
  org_id: OrgId
  started_at: Date
  last_seen_at: Date
  address: string
  user_agent: string
}

interface LoginGuardTable {
  account: string
  address: string
  window_start: Date
  failures: number
  locks: number
  last_failure_at: Date
  locked_until: Date | null
}

export interface AccessTables {
  'access.person': PersonTable
  'access.password_history': { person_id: PersonId; set_at: Date; password_hash: string }
  'access.membership': MembershipTable
  'access.role': RoleTable
  'access.api_client': ApiClientTable
  'access.policy': { org_id: OrgId; profile: PolicyProfile; version: Generated<number> }
  'access.presence': { org_id: OrgId; subject_id: string; last_seen_at: Date }
  'access.session': SessionTable
  'access.access_token': { token_hash: Buffer; org_id: OrgId; client_id: ClientId; scopes: string[]; expires_at: Date }
  'access.login_guard': LoginGuardTable
}
export type AccessDatabase = ModuleDatabase<AccessTables>
export type AccessSystem = SystemDatabase<AccessTables>
export type AccessTx = Tx<AccessTables>
/** A transaction of either role; the functions that take it name the organisation in each query. */
export type AccessSql = Transaction<AccessTables>

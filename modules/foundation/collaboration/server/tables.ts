import type { Generated, Selectable } from 'kysely'
import type { ModuleDatabase, Tx } from '#kernel/postgres.ts'
import type { PersonId } from '#modules/foundation/access/contract.ts'
import type { OrgId } from '#values/ids.ts'
import type { Entry, EntryId } from '../contract.ts'

interface EntryTable {
  id: Generated<EntryId>
  author_org: OrgId
  partner_org: OrgId | null
  entity: string
  record_id: string
  kind: Entry['kind']
  author_kind: string
  author_id: string
  author_name: string | null
  at: Date
  event: string | null
  event_id: number | null
  body: string | null
  mentions: Generated<PersonId[]>
  file_id: string | null
  file_name: string | null
  media_type: string | null
  bytes: number | null
  sha256: Buffer | null
  object_key: string | null
  removed_at: Date | null
  for_all: Generated<boolean>
  origin_id: EntryId | null
}
export type EntryRow = Selectable<EntryTable>

interface CollaborationTables {
  'collaboration.entry': EntryTable
}
export type CollaborationDatabase = ModuleDatabase<CollaborationTables>
export type CollaborationTx = Tx<CollaborationTables>

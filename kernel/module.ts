import type { Api } from '#values/endpoint.ts'
import type { Permissions } from '#values/permission.ts'
import type { Loop } from './background.ts'
import type { ConnectionSource, Workdays } from './connections.ts'
import type { DocumentKind } from './documents.ts'
import type { Routes } from './http.ts'
import type { AnyImportDefinition } from './imports/definition.ts'
import type { Job } from './jobs.ts'
import type { Notice } from './notices.ts'
import type { Subscription } from './outbox-reader.ts'
import type { ReferenceKind } from './references.ts'
import type { SearchKind } from './searches.ts'
import type { TodoKind } from './todos.ts'
import type { UsageSource } from './usages.ts'
import type { ModuleWords } from './words.ts'

/** What every module's `…Module()` returns to the composition root; a part it has no use for is left out. */
export interface ServerModule {
  name: string
  api: Api
  permissions: Permissions
  words: ModuleWords
  routes: Routes
  jobs?: readonly Job[]
  subscriptions?: readonly Subscription[]
  /** Rows that come by spreadsheet. */
  imports?: readonly AnyImportDefinition[]
  /** Kinds of records that outside systems may know by numbers of their own. */
  references?: readonly ReferenceKind[]
  /** News for people's inboxes. */
  notices?: readonly Notice[]
  /** Documents with comments, attachments and a timeline. */
  documents?: readonly DocumentKind[]
  /** Work that waits for people. */
  todos?: readonly TodoKind[]
  /** What the one search box finds. */
  searches?: readonly SearchKind[]
  /** By what the organisation is connected to the platform, day by day. */
  connections?: readonly ConnectionSource[]
  workdays?: Workdays
  /** How much organisations use, for the operator. */
  usages?: readonly UsageSource[]
  /** Runs in the worker role. */
  loops?: readonly Loop[]
}

import type { ServerModule } from '#kernel/module.ts'
import { narrow } from '#kernel/postgres.ts'
import { sharingApi, sharingPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { sharingNotices } from './notices.ts'
import type { SharingPublic } from './public.ts'
import { agreementDocument } from './server/agreement-document.ts'
import { openToPartners } from './server/agreement-store.ts'
import { checkGrantWith, grantsToWith, type Partners } from './server/check-grant.ts'
import { grantAgreement } from './server/grant-agreement.ts'
import { sharingRoutes } from './server/routes.ts'
import type { SharingDatabase, SharingTables } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: SharingDatabase
  organisations: Partners
}

export const sharingModule = ({ db, organisations }: Deps): ServerModule & { public: SharingPublic } => ({
  name: 'sharing',
  api: sharingApi,
  permissions: sharingPermissions,
  words: { zh, en },
  routes: sharingRoutes(db, organisations),
  notices: sharingNotices,
  documents: [agreementDocument],
  public: {
    checkGrant: checkGrantWith(db, organisations),
    grantsTo: grantsToWith(db, organisations),
    sharedWith: (tx, dataSet, itemId, now) => openToPartners(narrow<SharingTables>(tx), dataSet, itemId, now),
    createAgreement: async (ctx, input) => (await grantAgreement(db, organisations, ctx, sharingApi.create.body.parse(input))).id,
  },
})

import type { ServerModule } from '#kernel/module.ts'
import type { OrganisationsPublic } from '#modules/foundation/organisations/public.ts'
import { financePermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { ledgerApi } from './ledger-contract.ts'
import type { FinancePublic } from './public.ts'
import { accrue } from './server/accruals/accrue-receipt.ts'
import { ledgerRoutes } from './server/ledger/routes.ts'
import { namesFrom } from './server/names.ts'
import type { Rooms } from './server/rooms.ts'
import type { FinanceDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

interface Deps {
  db: FinanceDatabase
  organisations: Pick<OrganisationsPublic, 'labels'>
}

export const financeModule = ({ db, organisations }: Deps): ServerModule & { public: FinancePublic } => {
  const rooms: Rooms = { db, names: namesFrom(organisations) }
  return {
    name: 'finance',
    api: ledgerApi,
    permissions: financePermissions,
    words: { zh, en },
    routes: ledgerRoutes(rooms),
    public: {
      accrueReceipt: (tx, ctx, receipt) => accrue(tx, ctx, rooms.names, 'receipt', receipt),
      reverseReceipt: (tx, ctx, receipt) => accrue(tx, ctx, rooms.names, 'return', receipt),
    },
  }
}

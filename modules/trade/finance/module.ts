import type { ServerModule } from '#kernel/module.ts'
import { financeApi, financePermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { financeRoutes } from './server/routes.ts'
import type { FinanceDatabase } from './server/tables.ts'
import zh from './zh.json' with { type: 'json' }

export const financeModule = ({ db }: { db: FinanceDatabase }): ServerModule => ({
  name: 'finance',
  api: financeApi,
  permissions: financePermissions,
  words: { zh, en },
  routes: financeRoutes(db),
})

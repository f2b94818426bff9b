import { type Imports, serveImport } from '#kernel/imports/import-service.ts'
import type { ServerModule } from '#kernel/module.ts'
import type { Printing } from '#kernel/printer.ts'
import { prefixed } from '#values/import.ts'
import { ordersApi, ordersPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import { expediteApi } from './expedite-contract.ts'
import { followUpApi } from './follow-up-contract.ts'
import { lineImport, orderImport } from './import-contract.ts'
import type { OrdersPublic } from './public.ts'
import { deliveriesPublic } from './server/deliveries.ts'
import { expediteRoutes } from './server/expedite-routes.ts'
import { firstSteps } from './server/first-steps.ts'
import { followUpRoutes } from './server/follow-up-routes.ts'
import { lineImportDefinition } from './server/import-lines.ts'
import { orderImportDefinition } from './server/import-orders.ts'
import rowsEn from './server/import-words/en.json' with { type: 'json' }
import rowsZh from './server/import-words/zh.json' with { type: 'json' }
import { orderDocument, orderNotices, orderTodos } from './server/news.ts'
import orderRowsEn from './server/order-import-words/en.json' with { type: 'json' }
import orderRowsZh from './server/order-import-words/zh.json' with { type: 'json' }
import { ordersOfOthers } from './server/orders-of-others.ts'
import type { Rooms } from './server/rooms.ts'
import { ordersRoutes } from './server/routes.ts'
import { personSeal, type SealProvider } from './server/seal.ts'
import { orderSearches } from './server/searches.ts'
import { type DueParts, dueLoop } from './server/tell-due.ts'
import zh from './zh.json' with { type: 'json' }

type Deps = Omit<Rooms, 'seal' | 'bounds' | 'termLimit'> &
  DueParts & {
    bounds?: Rooms['bounds']
    /** Without one no term is too long. */
    termLimit?: Rooms['termLimit']
    printing: Printing
    /** An electronic seal; without one the signed-in person and the hash of what he saw are the signature. */
    seal?: SealProvider
    imports: Imports
  }

export const ordersModule = ({
  seal = personSeal,
  bounds = () => [],
  termLimit = async () => undefined,
  imports,
  printing,
  ...around
}: Deps): ServerModule & { public: OrdersPublic } => {
  const rooms: Rooms = { ...around, seal, bounds, termLimit }
  const [lines, orders] = [lineImportDefinition(rooms), orderImportDefinition(rooms)]
  return {
    name: 'orders',
    api: {
      ...ordersApi,
      ...prefixed('followUp', followUpApi),
      ...prefixed('expedite', expediteApi),
      ...prefixed('import', lineImport),
      ...prefixed('orderImport', orderImport),
    },
    permissions: ordersPermissions,
    words: {
      zh: { ...zh, importRows: rowsZh, importOrders: orderRowsZh },
      en: { ...en, importRows: rowsEn, importOrders: orderRowsEn },
    },
    routes: (on) => {
      ordersRoutes(rooms, printing)(on)
      expediteRoutes(rooms)(on)
      followUpRoutes(rooms, imports.translate)(on)
      serveImport(on, lineImport, lines, imports)
      serveImport(on, orderImport, orders, imports)
    },
    imports: [lines, orders],
    notices: orderNotices,
    loops: [dueLoop(around)],
    documents: [orderDocument],
    todos: orderTodos,
    searches: orderSearches,
    public: { ...deliveriesPublic, ...ordersOfOthers(rooms), ...firstSteps(rooms) },
  }
}

import type { ServerModule } from '#kernel/module.ts'
import { ordersApi, ordersPermissions } from './contract.ts'
import en from './en.json' with { type: 'json' }
import type { OrdersPublic } from './public.ts'
import { deliveriesPublic } from './server/deliveries.ts'
import { orderDocument, orderNotices, orderTodos } from './server/news.ts'
import type { Printing } from './server/print-order.ts'
import type { Rooms } from './server/rooms.ts'
import { ordersRoutes } from './server/routes.ts'
import { personSeal, type SealProvider } from './server/seal.ts'
import zh from './zh.json' with { type: 'json' }

type Deps = Omit<Rooms, 'seal'> & {
  printing: Printing
  /** An electronic seal; without one the signed-in person and the hash of what he saw are the signature. */
  seal?: SealProvider
}

export const ordersModule = ({ seal = personSeal, printing, ...around }: Deps): ServerModule & { public: OrdersPublic } => {
  const rooms: Rooms = { ...around, seal }
  return {
    name: 'orders',
    api: ordersApi,
    permissions: ordersPermissions,
    words: { zh, en },
    routes: ordersRoutes(rooms, printing),
    notices: orderNotices,
    documents: [orderDocument],
    todos: orderTodos,
    public: deliveriesPublic,
  }
}

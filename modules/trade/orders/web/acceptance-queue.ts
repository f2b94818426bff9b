import { ApiError, isPassing } from '#ui/api.ts'
import type { Order, OrderId } from '../contract.ts'
import type { Side } from '../order-states.ts'

/** A revision that somebody signed without a network, until the server has it. What is signed is the hash that he has seen. */
export interface Acceptance {
  /** Sent twice under it, it is signed once. */
  key: string
  orderId: OrderId
  number: string
  side: Side
  version: number
  revision: number
  hash: string
  /** Why the server refused it: somebody must look at the order. */
  refused: { code: string; details: Record<string, unknown>; detail: string } | null
}

const MOST_ORDERS = 30

/** What this browser keeps for one person of one organisation; a shared phone mixes nothing up. */
export function keptFor(store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>, orgId: string, personId: string) {
  const name = (what: string) => `lianshu.orders.${what}.${orgId}.${personId}`
  const read = <T>(what: string): T[] => {
    try {
      const found: unknown = JSON.parse(store.getItem(name(what)) ?? '[]')
      return Array.isArray(found) ? found : []
    } catch {
      return []
    }
  }
  const write = (what: string, value: unknown) => store.setItem(name(what), JSON.stringify(value))
  /** Read anew each time: another tab may have sent some meanwhile. */
  const queue = () => read<Acceptance>('acceptances')
  return {
    queue,
    /** One for an order: who signs a later revision signs that. */
    add: (one: Acceptance) => write('acceptances', [...queue().filter((other) => other.orderId !== one.orderId), one]),
    remove: (key: string) =>
      write(
        'acceptances',
        queue().filter((one) => one.key !== key),
      ),
    refuse: (key: string, refused: Acceptance['refused']) =>
      write(
        'acceptances',
        queue().map((one) => (one.key === key ? { ...one, refused } : one)),
      ),
    /** Orders that wait for the own answer, as this device saw them last: they open without a network too. */
    order: (id: string) => read<Order>('waiting').find((order) => order.id === id),
    keepOrder: (order: Order) => {
      const others = read<Order>('waiting').filter((one) => one.id !== order.id)
      write('waiting', order.actions.includes('accept') ? [order, ...others].slice(0, MOST_ORDERS) : others)
    },
  }
}
export type Kept = ReturnType<typeof keptFor>

export interface Server {
  accept(one: Pick<Acceptance, 'key' | 'orderId' | 'version' | 'revision' | 'hash'>): Promise<Order>
  order(id: OrderId): Promise<Order>
}

export interface SendOutcome {
  sent: Order[]
  refused: number
  /** The network or the server does not answer. */
  stopped: boolean
}

/** Sends what waits, oldest first; stops where the network or the server does not answer. */
export async function sendAcceptances(kept: Pick<Kept, 'queue' | 'remove' | 'refuse'>, server: Server): Promise<SendOutcome> {
  const outcome: SendOutcome = { sent: [], refused: 0, stopped: false }
  for (const one of kept.queue()) {
    if (one.refused) continue
    try {
      outcome.sent.push(await sign(one, server))
      kept.remove(one.key)
    } catch (error) {
      if (isPassing(error) || !(error instanceof ApiError)) return { ...outcome, stopped: true }
      kept.refuse(one.key, { code: error.code, details: error.details, detail: error.message })
      outcome.refused++
    }
  }
  return outcome
}

/** An order moves on by a reminder too: the revision that was signed may still be the open one, or be agreed by this very acceptance. */
async function sign(one: Acceptance, server: Server): Promise<Order> {
  try {
    return await server.accept(one)
  } catch (error) {
    if (!(error instanceof ApiError) || !moved.has(error.code)) throw error
    const order = await server.order(one.orderId)
    const meant = order.revisions.find((revision) => revision.no === one.revision && revision.hash === one.hash)
    const signed = meant?.signatures.some(({ side }) => side === one.side)
    if (signed) return order
    if (!meant || order.openRevision !== one.revision || order.version === one.version) throw error
    return server.accept({ ...one, key: `${one.key}.${order.version}`, version: order.version })
  }
}

const moved: ReadonlySet<string> = new Set(['orders.changedMeanwhile', 'orders.notAllowedNow', 'request.answerLost'])

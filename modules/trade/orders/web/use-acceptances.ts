import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useCallback, useMemo, useRef, useState } from 'react'
import { call, newKey } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { useRetried } from '#ui/retried.ts'
import { useSession } from '#ui/session.ts'
import { type Order, ordersApi } from '../contract.ts'
import { type Acceptance, type Kept, keptFor, sendAcceptances } from './acceptance-queue.ts'

const server = {
  accept: ({ key, orderId, version, revision, hash }: Pick<Acceptance, 'key' | 'orderId' | 'version' | 'revision' | 'hash'>) =>
    call(ordersApi.accept, { params: { id: orderId }, body: { version, revision, hash }, idempotencyKey: key }),
  order: (id: Acceptance['orderId']) => call(ordersApi.get, { params: { id } }),
}

export function useKeptOrders(): Kept {
  const { organisation, person } = useSession()
  return useMemo(() => keptFor(localStorage, organisation.id, person.id), [organisation.id, person.id])
}

/** What was signed without a network: sent as soon as there is one, by whichever page of orders is open. */
export function useAcceptances() {
  const t = useWords('orders')
  const { message } = App.useApp()
  const { csrfToken } = useSession()
  const client = useQueryClient()
  const kept = useKeptOrders()
  const [queue, setQueue] = useState(kept.queue)
  const sending = useRef(false)

  const flush = useCallback(async () => {
    // Without its token the session is the one this device remembers; the real one comes with the network.
    if (sending.current || csrfToken === '' || kept.queue().every((one) => one.refused)) return
    sending.current = true
    try {
      const { sent, refused } = await sendAcceptances(kept, server)
      for (const order of sent) void message.success(t('offline.sent', { number: order.number }))
      if (sent.length + refused > 0) await client.invalidateQueries({ queryKey: ['orders'] })
    } finally {
      sending.current = false
      setQueue(kept.queue())
    }
  }, [kept, csrfToken, client, message, t])

  useRetried(flush)

  return {
    queue,
    /** Keeps it, and sends it where there is a network. */
    accept: async (order: Order, open: Order['revisions'][number]) => {
      const { id: orderId, number, side, version } = order
      kept.add({ key: newKey(), orderId, number, side, version, revision: open.no, hash: open.hash, refused: null })
      setQueue(kept.queue())
      await flush()
    },
    drop: (key: string) => {
      kept.remove(key)
      setQueue(kept.queue())
    },
  }
}
export type Acceptances = ReturnType<typeof useAcceptances>

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useCallback, useMemo, useRef, useState } from 'react'
import { call } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { useRetried } from '#ui/retried.ts'
import { useSession } from '#ui/session.ts'
import type { ShipmentId } from '../contract.ts'
import { receivingApi } from '../receiving-contract.ts'
import { withoutNoticeApi } from '../without-notice-contract.ts'
import { keptFor, sendWaiting, type Waiting } from './receipt-queue.ts'

/** What is expected (from the server, else as this device knew it last) and what waits to be sent. */
export function useReceiving() {
  const t = useWords('logistics')
  const { message } = App.useApp()
  const { organisation, person, csrfToken } = useSession()
  const client = useQueryClient()
  const kept = useMemo(() => keptFor(localStorage, organisation.id, person.id), [organisation.id, person.id])
  const [queue, setQueue] = useState<Waiting[]>(() => kept.queue())
  const sending = useRef(false)
  const expected = useQuery({
    queryKey: ['logistics', 'expected'],
    networkMode: 'always',
    queryFn: async ({ signal }) => {
      const fresh = await call(receivingApi.expected, { signal })
      kept.keepExpected(fresh)
      return fresh
    },
    placeholderData: () => kept.expected(),
    refetchOnReconnect: 'always',
    retry: false,
  })
  const data = expected.data ?? kept.expected()

  const flush = useCallback(async () => {
    // Without its token the session is the one this device remembers; the real one comes with the network.
    if (sending.current || csrfToken === '' || kept.queue().every((one) => one.refused)) return
    sending.current = true
    try {
      const { sent } = await sendWaiting(kept, (input) =>
        'shipmentId' in input ? call(receivingApi.receive, { body: input }) : call(withoutNoticeApi.receiveWithoutNotice, { body: input }),
      )
      for (const receipt of sent) void message.success(t('rc.sent', { number: receipt.number }))
      if (sent.length > 0) await client.invalidateQueries({ queryKey: ['logistics'] })
    } finally {
      sending.current = false
      setQueue(kept.queue())
    }
  }, [kept, csrfToken, client, message, t])

  useRetried(flush)

  return {
    kept,
    expected: data,
    error: expected.error,
    stale: expected.isError || expected.isPlaceholderData,
    refetch: expected.refetch,
    queue,
    add: async (waiting: Waiting) => {
      kept.add(waiting)
      setQueue(kept.queue())
      await flush()
      return kept.queue().some((one) => one.input.receiptKey === waiting.input.receiptKey)
    },
    insist: async (key: string, notices: readonly ShipmentId[]) => {
      kept.insist(key, notices)
      setQueue(kept.queue())
      await flush()
    },
    drop: (key: string) => {
      kept.remove(key)
      setQueue(kept.queue())
    },
  }
}
export type Receiving = ReturnType<typeof useReceiving>

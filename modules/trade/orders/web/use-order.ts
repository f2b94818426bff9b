import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useEffect, useState } from 'react'
import { errorText, isConflict } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import type { Order } from '../contract.ts'
import { orderQueries } from './queries.ts'

/** Runs a step of an order; the answer is the order after it. What is refused is told, and shown anew where somebody was faster. */
export function useStep() {
  const t = useWords('orders')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const keep = async (order: Order) => {
    client.setQueryData(['orders', 'order', order.id], order)
    await client.invalidateQueries({ queryKey: ['orders', 'list'] })
    await client.invalidateQueries({ queryKey: ['orders', 'counts'] })
  }
  /** `work` answers nothing where it was put off: then nothing is done yet. */
  const run = async (work: () => Promise<Order | undefined>, done: string): Promise<boolean> => {
    setBusy(true)
    try {
      const order = await work()
      if (!order) return false
      await keep(order)
      void message.success(done)
      return true
    } catch (error) {
      void message.error(errorText(error, t))
      if (isConflict(error)) await client.invalidateQueries({ queryKey: ['orders', 'order'] })
      return false
    } finally {
      setBusy(false)
    }
  }
  return { run, keep, busy }
}

/**
 * Fetches the order anew when its version has moved on: the other side, or a colleague, has done something. Answers how far requests to
 * expedite it have come.
 */
export function useRenewal({ id, version }: Order): number {
  const client = useQueryClient()
  const { data } = useQuery(orderQueries.standing(id))
  const behind = data !== undefined && data.version > version
  useEffect(() => {
    if (behind) void client.invalidateQueries({ queryKey: ['orders', 'order', id] })
  }, [behind, client, id])
  return data?.expedites ?? 0
}

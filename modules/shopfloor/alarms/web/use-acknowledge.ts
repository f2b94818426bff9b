import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useState } from 'react'
import { call, errorText } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { type Alarm, alarmsApi } from '../contract.ts'

type Answer = 'acknowledge' | 'reset'

/** One click: what it says was seen is acknowledged, what has changed since is said. */
export function useAcknowledge(): {
  busy: boolean
  acknowledge: (alarms: readonly Alarm[], action?: Answer, comment?: string) => Promise<void>
} {
  const t = useWords('alarms')
  const client = useQueryClient()
  const { message } = App.useApp()
  const [busy, setBusy] = useState(false)
  const acknowledge = async (alarms: readonly Alarm[], action: Answer = 'acknowledge', comment = '') => {
    setBusy(true)
    try {
      const wanted = alarms.map(({ id, version }) => ({ id, version }))
      const { done, skipped } = await call(alarmsApi.act, { body: { action, alarms: wanted, comment } })
      if (skipped.length > 0) void message.warning(t('skipped', { n: skipped.length }))
      else void message.success(t('done', { n: done }))
    } catch (error) {
      void message.error(errorText(error, t))
    }
    await client.invalidateQueries({ queryKey: ['alarms'] })
    setBusy(false)
  }
  return { busy, acknowledge }
}

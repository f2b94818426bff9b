import { Alert } from 'antd'
import { useWords } from '#ui/i18n.ts'
import type { TermLimit } from '../contract.ts'

/** What a term of payment goes beyond, and what comes of it. */
export function TermLimitAlert({ limit, agreed }: { limit: TermLimit | null | undefined; agreed: number | null }) {
  const t = useWords('orders')
  if (!limit || agreed === null || agreed <= limit.days) return null
  const { days, name, source, blocking } = limit
  return (
    <Alert
      type={blocking ? 'error' : 'warning'}
      showIcon
      className="orders-turn"
      title={t('termLimit.beyond', { agreed, days, name })}
      description={t(blocking ? 'termLimit.blocked' : 'termLimit.effect', { days, source })}
    />
  )
}

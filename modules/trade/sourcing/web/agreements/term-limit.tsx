import { useQuery } from '@tanstack/react-query'
import { Alert, Form } from 'antd'
import { ordersApi, type TermLimit } from '#modules/trade/orders/contract.ts'
import { call } from '#ui/api.ts'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import type { OrgId } from '#values/ids.ts'

/** What the agreement's term of payment goes beyond, and what comes of it. */
export function TermLimitAlert({ limit, agreed }: { limit: TermLimit | null; agreed: number | null }) {
  const t = useWords('sourcing')
  if (!limit || agreed === null || agreed <= limit.days) return null
  const { days, name, source, blocking } = limit
  return (
    <Alert
      type={blocking ? 'error' : 'warning'}
      showIcon
      className="ls-form-failure"
      title={t('termLimit.beyond', { agreed, days, name })}
      description={t(blocking ? 'termLimit.blocked' : 'termLimit.effect', { days, source })}
    />
  )
}

/** The same while the buyer types. */
export function TypedTermLimit() {
  const may = useCan('orders.read')
  const supplierId = Form.useWatch<OrgId | undefined>('supplierId')
  const paymentDays = Form.useWatch<number | null | undefined>('paymentDays') ?? null
  const query = useQuery({
    queryKey: ['orders', 'termLimit', supplierId],
    queryFn: ({ signal }) => call(ordersApi.termLimit, { query: { supplierId: supplierId as OrgId }, signal }),
    enabled: may && supplierId !== undefined && paymentDays !== null,
  })
  return (
    <div className="so-whole" aria-live="polite">
      <TermLimitAlert limit={query.data?.limit ?? null} agreed={paymentDays} />
    </div>
  )
}

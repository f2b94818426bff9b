import { useQuery } from '@tanstack/react-query'
import { Input, InputNumber, Select } from 'antd'
import { useWords } from '#ui/i18n.ts'
import { fractionToPercent, percentToFraction } from '#values/decimal.ts'
import type { OrgId } from '#values/ids.ts'
import { Currency } from '#values/money.ts'
import type { Terms } from '../order-content.ts'
import { orderQueries } from './queries.ts'
import { TermLimitAlert } from './term-limit.tsx'

interface Props {
  supplierId: OrgId
  terms: Terms
  onChange: (terms: Terms) => void
  /** The currency of an order never changes. */
  fixedCurrency?: boolean
}

/** What holds for the whole order. */
export function TermsFields({ supplierId, terms, onChange, fixedCurrency = false }: Props) {
  const t = useWords('orders')
  const limit = useQuery(orderQueries.termLimit(supplierId)).data?.limit
  const put = (part: Partial<Terms>) => onChange({ ...terms, ...part })
  const share = (key: 'overTolerance' | 'underTolerance') => (
    <Field label={t(`terms.${key}`)}>
      <InputNumber
        aria-label={t(`terms.${key}`)}
        min={0}
        max={100}
        suffix="%"
        value={Number(fractionToPercent(terms[key]))}
        onChange={(percent) => put({ [key]: percentToFraction(String(percent ?? 0)) })}
      />
    </Field>
  )
  return (
    <div className="orders-terms">
      <TermLimitAlert limit={limit} agreed={terms.paymentDays} />
      <Field label={t('terms.deliverTo')} wide>
        <Input
          aria-label={t('terms.deliverTo')}
          maxLength={200}
          value={terms.deliverTo}
          onChange={(event) => put({ deliverTo: event.target.value })}
        />
      </Field>
      <Field label={t('terms.paymentTerms')} wide>
        <Input
          aria-label={t('terms.paymentTerms')}
          maxLength={200}
          value={terms.paymentTerms}
          onChange={(event) => put({ paymentTerms: event.target.value })}
        />
      </Field>
      <Field label={t('terms.paymentDays')}>
        <InputNumber
          aria-label={t('terms.paymentDays')}
          min={0}
          max={365}
          precision={0}
          value={terms.paymentDays}
          onChange={(days) => put({ paymentDays: days })}
        />
      </Field>
      {share('overTolerance')}
      {share('underTolerance')}
      <Field label={t('terms.graceDays')}>
        <InputNumber
          aria-label={t('terms.graceDays')}
          min={0}
          max={60}
          precision={0}
          value={terms.graceDays}
          onChange={(days) => put({ graceDays: days ?? 0 })}
        />
      </Field>
      {!fixedCurrency && (
        <Field label={t('terms.currency')}>
          <Select
            aria-label={t('terms.currency')}
            value={terms.currency}
            onChange={(currency) => put({ currency })}
            options={Currency.options.map((value) => ({ value, label: value }))}
          />
        </Field>
      )}
    </div>
  )
}

const Field = ({ label, wide, children }: { label: string; wide?: boolean; children: React.ReactNode }) => (
  <div className="orders-field" data-wide={wide || undefined}>
    <span aria-hidden>{label}</span>
    {children}
  </div>
)

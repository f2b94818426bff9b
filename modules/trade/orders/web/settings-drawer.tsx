import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { fractionToPercent, NonNegativeText, percentToFraction } from '#values/decimal.ts'
import { ordersApi, type Settings } from '../contract.ts'
import { orderQueries } from './queries.ts'

interface Values {
  deliverTo: string
  paymentTerms: string
  paymentDays: number | null
  overPercent: number
  underPercent: number
  graceDays: number
  responseHours: number
  limit?: string
}

const valuesOf = ({ terms, responseHours, approvalLimit }: Settings): Values => ({
  ...terms,
  overPercent: Number(fractionToPercent(terms.overTolerance)),
  underPercent: Number(fractionToPercent(terms.underTolerance)),
  responseHours,
  ...(approvalLimit && { limit: approvalLimit.amount }),
})

const settingsOf = (values: Values, version: number): Settings => ({
  terms: {
    deliverTo: values.deliverTo ?? '',
    paymentTerms: values.paymentTerms ?? '',
    paymentDays: values.paymentDays ?? null,
    overTolerance: percentToFraction(String(values.overPercent ?? 0)),
    underTolerance: percentToFraction(String(values.underPercent ?? 0)),
    graceDays: values.graceDays ?? 0,
  },
  responseHours: values.responseHours,
  approvalLimit: values.limit?.trim() ? { currency: 'CNY', amount: values.limit.trim() } : null,
  version,
})

/** Defaults of new orders and the approval limit, for whoever may set them. */
export function SettingsButton() {
  const t = useWords('orders')
  const client = useQueryClient()
  const may = useCan('orders.settings')
  const [open, setOpen] = useState(false)
  const settings = useQuery({ ...orderQueries.settings(), enabled: may })
  if (!may) return null
  const number = (name: keyof Values, label: string, max: number, suffix?: string) => (
    <Form.Item name={name} label={label}>
      <InputNumber min={name === 'responseHours' ? 1 : 0} max={max} {...(suffix ? { suffix } : {})} />
    </Form.Item>
  )
  return (
    <>
      <Button onClick={() => setOpen(true)} disabled={settings.data === undefined}>
        {t('settings.name')}
      </Button>
      {settings.data && (
        <EditDrawer<Values>
          open={open}
          title={t('settings.name')}
          initialValues={valuesOf(settings.data)}
          onClose={() => setOpen(false)}
          onReload={() => void client.invalidateQueries({ queryKey: ['orders', 'settings'] })}
          onSubmit={async (values) => {
            await call(ordersApi.setSettings, { body: settingsOf(values, settings.data.version) })
            await client.invalidateQueries({ queryKey: ['orders', 'settings'] })
          }}
        >
          <Form.Item name="limit" label={t('settings.limit')} extra={t('settings.limitHint')} rules={[schemaRule(NonNegativeText, t)]}>
            <Input inputMode="decimal" prefix="¥" />
          </Form.Item>
          {number('responseHours', t('terms.responseHours'), 720)}
          <Form.Item name="deliverTo" label={t('terms.deliverTo')}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="paymentTerms" label={t('terms.paymentTerms')}>
            <Input maxLength={200} />
          </Form.Item>
          {number('paymentDays', t('terms.paymentDays'), 365)}
          {number('overPercent', t('terms.overTolerance'), 100, '%')}
          {number('underPercent', t('terms.underTolerance'), 100, '%')}
          {number('graceDays', t('terms.graceDays'), 60)}
        </EditDrawer>
      )}
    </>
  )
}

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate, formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import type { AccountId } from '../contract.ts'
import { ledgerApi, PostingRole } from '../ledger-contract.ts'
import { payableApi, type Setting } from '../payable-contract.ts'
import { financeQueries } from './queries.ts'
import { Terms } from './terms.tsx'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  return (
    <Page title={t('settings.title')} subtitle={t('settings.subtitle')}>
      <Tolerances />
      <Terms />
      <Postings />
    </Page>
  )
}

const asPercent = (fraction: string): number => Number(fraction) * 100
const asFraction = (percent: number): string => (percent / 100).toFixed(6).replace(/\.?0+$/, '') || '0'

interface ToleranceValues {
  pricePercent: number
  lineAmount: string
  taxAmount: string
  quantityPercent: number
  defaultDays: number
}

function Tolerances() {
  const t = useWords('finance')
  const may = useCan('finance.manage')
  const client = useQueryClient()
  const query = useQuery(financeQueries.setting())
  const [editing, setEditing] = useState(false)
  return (
    <Loaded query={query}>
      {(setting: Setting) => (
        <Section title={t('settings.tolerances')} extra={may && <Button onClick={() => setEditing(true)}>{t('edit')}</Button>}>
          <DetailGrid
            items={[
              { label: t('settings.price'), value: `${asPercent(setting.priceFraction)}%` },
              { label: t('settings.lineAmount'), value: formatMoney(setting.lineAmount) },
              { label: t('settings.taxAmount'), value: formatMoney(setting.taxAmount) },
              { label: t('settings.quantity'), value: `${asPercent(setting.quantityFraction)}%` },
              { label: t('settings.defaultDays'), value: t('settings.days', { n: setting.defaultDays }) },
            ]}
          />
          <EditDrawer<ToleranceValues>
            open={editing}
            title={t('settings.tolerances')}
            initialValues={{
              pricePercent: asPercent(setting.priceFraction),
              lineAmount: setting.lineAmount.amount,
              taxAmount: setting.taxAmount.amount,
              quantityPercent: asPercent(setting.quantityFraction),
              defaultDays: setting.defaultDays,
            }}
            onReload={() => void query.refetch()}
            onClose={() => setEditing(false)}
            onSubmit={async (values) => {
              await call(payableApi.setSetting, {
                body: {
                  priceFraction: asFraction(values.pricePercent),
                  lineAmount: { currency: 'CNY', amount: values.lineAmount },
                  taxAmount: { currency: 'CNY', amount: values.taxAmount },
                  quantityFraction: asFraction(values.quantityPercent),
                  defaultDays: values.defaultDays,
                  version: setting.version,
                },
              })
              await client.invalidateQueries({ queryKey: ['finance', 'setting'] })
            }}
          >
            <Form.Item name="pricePercent" label={t('settings.price')} extra={t('settings.priceHint')} rules={[{ required: true }]}>
              <InputNumber min={0} max={50} step={0.1} suffix="%" />
            </Form.Item>
            <Form.Item
              name="lineAmount"
              label={t('settings.lineAmount')}
              rules={[{ required: true, pattern: /^\d{1,6}(\.\d{1,2})?$/, message: t('amountForm') }]}
            >
              <Input inputMode="decimal" />
            </Form.Item>
            <Form.Item
              name="taxAmount"
              label={t('settings.taxAmount')}
              extra={t('settings.taxHint')}
              rules={[{ required: true, pattern: /^\d{1,6}(\.\d{1,2})?$/, message: t('amountForm') }]}
            >
              <Input inputMode="decimal" />
            </Form.Item>
            <Form.Item name="quantityPercent" label={t('settings.quantity')} rules={[{ required: true }]}>
              <InputNumber min={0} max={50} step={0.1} suffix="%" />
            </Form.Item>
            <Form.Item name="defaultDays" label={t('settings.defaultDays')} extra={t('settings.defaultHint')} rules={[{ required: true }]}>
              <InputNumber min={0} max={365} precision={0} />
            </Form.Item>
          </EditDrawer>
        </Section>
      )}
    </Loaded>
  )
}

interface PostingValues {
  role: PostingRole
  validFrom: Dayjs
  accountId: AccountId
}

function Postings() {
  const t = useWords('finance')
  const may = useCan('finance.manage')
  const client = useQueryClient()
  const query = useQuery(financeQueries.postings())
  const accounts = useQuery(financeQueries.accounts())
  const [editing, setEditing] = useState(false)
  return (
    <Section
      title={t('settings.postings')}
      extra={may && <Button onClick={() => setEditing(true)}>{t('settings.setPosting')}</Button>}
      flush
    >
      <Loaded query={query}>
        {({ postings }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <div className="ls-rows fin-scroll" tabIndex={0}>
            <table aria-label={t('settings.postings')}>
              <tbody>
                {postings.map((row) => (
                  <tr key={`${row.role} ${row.validFrom}`}>
                    <td>{t(`roles.${row.role}`)}</td>
                    <td>
                      {row.accountCode} {row.accountName}
                    </td>
                    <td>{t('settings.from', { day: formatDate(row.validFrom) })}</td>
                  </tr>
                ))}
                {postings.length === 0 && (
                  <tr>
                    <td>{t('accounts.empty')}</td>
                  </tr>
                )}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <EditDrawer<PostingValues>
        open={editing}
        title={t('settings.setPosting')}
        initialValues={{ role: 'stock', validFrom: pickedOfInstant(nowMs()) }}
        fieldOfCode={{ 'finance.accountNotPostable': 'accountId' }}
        onClose={() => setEditing(false)}
        onSubmit={async ({ validFrom, ...values }) => {
          await call(ledgerApi.setPosting, { body: { ...values, validFrom: validFrom.format('YYYY-MM-DD') } })
          await client.invalidateQueries({ queryKey: ['finance', 'postings'] })
        }}
      >
        <Form.Item name="role" label={t('settings.role')} rules={[{ required: true }]}>
          <Select options={PostingRole.options.map((value) => ({ value, label: t(`roles.${value}`) }))} />
        </Form.Item>
        <Form.Item name="accountId" label={t('vouchers.account')} rules={[{ required: true }]}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={(accounts.data?.accounts ?? [])
              .filter((one) => one.leaf)
              .map((one) => ({ value: one.id, label: `${one.code} ${one.name}` }))}
          />
        </Form.Item>
        <Form.Item name="validFrom" label={t('accounts.validFrom')} rules={[{ required: true }]}>
          <DatePicker />
        </Form.Item>
      </EditDrawer>
    </Section>
  )
}

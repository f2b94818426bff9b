import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Section } from '#ui/page.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import type { OrgId } from '#values/ids.ts'
import { payableApi, TermBasis } from '../payable-contract.ts'
import { financeQueries } from './queries.ts'

interface Values {
  partnerId: OrgId
  days: number
  basis: 'delivery' | 'invoice' | 'monthEnd'
  validFrom: Dayjs
  source: string
}

/** The law's terms with their source, and what was agreed with partners. */
export function Terms() {
  const t = useWords('finance')
  const may = useCan('finance.manage')
  const client = useQueryClient()
  const query = useQuery(financeQueries.terms())
  const ageing = useQuery(financeQueries.ageing('buyer'))
  const [editing, setEditing] = useState(false)
  const partners = new Map((ageing.data?.rows ?? []).map((row) => [row.partner.orgId, row.partner.name]))
  return (
    <Section title={t('terms.title')} extra={may && <Button onClick={() => setEditing(true)}>{t('terms.add')}</Button>} flush>
      <Loaded query={query}>
        {({ rules, agreed }) => (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          <div className="ls-rows fin-scroll" tabIndex={0}>
            <table aria-label={t('terms.title')}>
              <tbody>
                {rules.map((rule) => (
                  <tr key={`${rule.clause} ${rule.validFrom}`}>
                    <td>{t('terms.law')}</td>
                    <td>{rule.name}</td>
                    <td>{t('settings.from', { day: formatDate(rule.validFrom) })}</td>
                    <td>{rule.source}</td>
                  </tr>
                ))}
                {agreed.map((term) => (
                  <tr key={`${term.side} ${term.partner.orgId} ${term.validFrom}`}>
                    <td>
                      {t(`payables.partner.${term.side}`)} {term.partner.name}
                    </td>
                    <td>{t(`terms.basisDays.${term.basis}`, { days: term.days })}</td>
                    <td>{t('settings.from', { day: formatDate(term.validFrom) })}</td>
                    <td>{term.source}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <EditDrawer<Values>
        open={editing}
        title={t('terms.add')}
        initialValues={{ basis: 'invoice', days: 30, validFrom: pickedOfInstant(nowMs()) }}
        {...(partners.size === 0 ? { disabledReason: t('terms.noPartners') } : {})}
        onClose={() => setEditing(false)}
        onSubmit={async ({ validFrom, ...values }) => {
          await call(payableApi.setTerm, { body: { ...values, validFrom: validFrom.format('YYYY-MM-DD') } })
          await client.invalidateQueries({ queryKey: ['finance', 'terms'] })
        }}
      >
        <Form.Item name="partnerId" label={t('payables.partner.buyer')} rules={[{ required: true }]}>
          <Select showSearch={{ optionFilterProp: 'label' }} options={[...partners].map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="basis" label={t('terms.basis')} rules={[{ required: true }]}>
          <Select options={TermBasis.options.map((value) => ({ value, label: t(`terms.bases.${value}`) }))} />
        </Form.Item>
        <Form.Item name="days" label={t('terms.days')} extra={t('terms.daysHint')} rules={[{ required: true }]}>
          <InputNumber min={0} max={365} precision={0} />
        </Form.Item>
        <Form.Item name="validFrom" label={t('accounts.validFrom')} rules={[{ required: true }]}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="source" label={t('terms.source')} extra={t('terms.sourceHint')} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={200} />
        </Form.Item>
      </EditDrawer>
    </Section>
  )
}

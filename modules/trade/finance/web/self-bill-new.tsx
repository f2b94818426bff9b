import { useQuery, useQueryClient } from '@tanstack/react-query'
import { DatePicker, Form } from 'antd'
import type { Dayjs } from 'dayjs'
import { useNavigate } from 'react-router'
import { call } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatMoney, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Notice } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { pickedOfInstant } from '#ui/picked-time.ts'
import type { OrgId } from '#values/ids.ts'
import { readMoney, writeMoney } from '#values/money.ts'
import type { OpenLine } from '../invoice-contract.ts'
import { selfBillApi } from '../self-bill-contract.ts'
import { financeQueries } from './queries.ts'

interface Values {
  partnerId: OrgId
  untilDay: Dayjs
}

/** All consigned goods of one supplier used up to a day become one bill that he confirms. */
export function NewSelfBill({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords('finance')
  const navigate = useNavigate()
  const client = useQueryClient()
  const [form] = Form.useForm<Values>()
  return (
    <EditDrawer<Values>
      form={form}
      open={open}
      title={t('selfBill.title')}
      submitText={t('selfBill.create')}
      successText={t('selfBill.created')}
      initialValues={{ untilDay: pickedOfInstant(nowMs()) }}
      onClose={onClose}
      onSubmit={async ({ partnerId, untilDay }) => {
        const made = await call(selfBillApi.createSelfBill, {
          body: { partnerId, untilDay: untilDay.format('YYYY-MM-DD'), currency: 'CNY' },
        })
        await client.invalidateQueries({ queryKey: ['finance'] })
        setTimeout(() => void navigate(`/finance/invoices/${made.id}`))
      }}
    >
      <p>{t('selfBill.hint')}</p>
      <Form.Item name="partnerId" label={t('selfBill.partner')} rules={[{ required: true }]}>
        <PartnerSelect side="buyer" />
      </Form.Item>
      <Form.Item name="untilDay" label={t('selfBill.until')} rules={[{ required: true }]}>
        <DatePicker />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {() => {
          const { partnerId, untilDay } = form.getFieldsValue()
          return partnerId && untilDay ? <Unbilled partnerId={partnerId} untilDay={untilDay.format('YYYY-MM-DD')} /> : null
        }}
      </Form.Item>
    </EditDrawer>
  )
}

function Unbilled({ partnerId, untilDay }: { partnerId: OrgId; untilDay: string }) {
  const t = useWords('finance')
  const { data } = useQuery(financeQueries.openUsage(partnerId))
  if (!data) return null
  // More than one page: no sum is better than a part of it.
  if (data.items.length < data.total) return <Notice kind="info" title={t('selfBill.many', { n: formatNumber(data.total) })} />
  const until = data.items.filter((line) => line.day <= untilDay)
  const priced = until.filter((line) => Number(line.openNet.amount) !== 0)
  const sum = (of: (line: OpenLine) => bigint) =>
    formatMoney(
      writeMoney(
        'CNY',
        priced.reduce((total, line) => total + of(line), 0n),
      ),
    )
  const text = {
    n: priced.length,
    net: sum((line) => readMoney(line.openNet)),
    tax: sum((line) => readMoney(line.openTax)),
  }
  return (
    <>
      <Notice kind="info" title={priced.length === 0 ? t('selfBill.none') : t('selfBill.open', text)} />
      {until.length > priced.length && <Notice kind="warning" title={t('selfBill.unpriced', { n: until.length - priced.length })} />}
    </>
  )
}

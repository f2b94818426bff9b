import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { EditModal } from '#ui/form.tsx'
import { formatDate, formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import { type Payment, payableApi } from '../payable-contract.ts'
import { Amount } from './money-text.tsx'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  const [side, setSide] = useSide()
  const client = useQueryClient()
  const may = useCan('finance.approve') && side === 'buyer'
  const [cancelling, setCancelling] = useState<Payment>()
  return (
    <Page
      title={t(`payments.${side}`)}
      breadcrumbs={[{ label: t(`payables.${side}`), path: `/finance?side=${side}` }]}
      actions={<SideSwitch side={side} onChange={setSide} words={(value) => t(`payments.${value}`)} />}
    >
      <DataTable<Payment>
        key={side}
        name="finance-payments"
        label={t(`payments.${side}`)}
        queryKey={['finance', 'payments', side]}
        rowKey={(row) => row.id}
        rowHref={(row) => `/finance/payments/${row.id}`}
        defaultSort="-day"
        searchHint={t('payments.searchHint')}
        pageQuery={(query, signal) => call(payableApi.payments, { query: { ...query, side } as never, signal })}
        columns={[
          { key: 'number', title: t('payments.number'), render: (row) => row.number, width: 170 },
          { key: 'partner', title: t(`payables.partner.${side}`), primary: true, render: (row) => row.partner.name },
          { key: 'day', title: t('payments.day'), sort: 'day', render: (row) => formatDate(row.day), width: 120 },
          {
            key: 'amount',
            title: t('payments.amount'),
            align: 'right',
            text: (row) => row.amount.amount,
            render: (row) => (
              <>
                <Amount money={row.amount} sign /> {row.cancelledAt && <StatusTag tone="neutral">{t('payments.cancelled')}</StatusTag>}
              </>
            ),
          },
          { key: 'method', title: t('payments.method'), render: (row) => t(`payments.methods.${row.method}`) },
          { key: 'reference', title: t('payments.reference'), render: (row) => row.reference || '—' },
          {
            key: 'for',
            title: t('payments.for'),
            text: (row) => row.allocations.map((one) => `${one.invoiceNumber} ${one.amount.amount}`).join('; '),
            render: (row) =>
              row.allocations.map((one) => <div key={one.payableId}>{`${one.invoiceNumber} ${formatMoney(one.amount)}`}</div>),
          },
          ...(may
            ? [
                {
                  key: 'actions',
                  title: '',
                  actions: true,
                  width: 90,
                  render: (row: Payment) =>
                    row.cancelledAt === null && (
                      <Button size="small" onClick={() => setCancelling(row)}>
                        {t('payments.cancel')}
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
        empty={{ text: t(`payments.empty.${side}`) }}
      />
      <EditModal<{ reason: string }>
        open={cancelling !== undefined}
        title={t('payments.cancelTitle', { number: cancelling?.number ?? '' })}
        danger
        allowUnchanged
        submitText={t('payments.cancel')}
        onClose={() => setCancelling(undefined)}
        onSubmit={async ({ reason }) => {
          if (!cancelling) return
          await call(payableApi.cancelPayment, { params: { id: cancelling.id }, body: { version: cancelling.version, reason } })
          await client.invalidateQueries({ queryKey: ['finance'] })
        }}
      >
        <p>{t('payments.cancelText', { amount: formatMoney(cancelling?.amount) })}</p>
        <Form.Item name="reason" label={t('reason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={300} rows={2} />
        </Form.Item>
      </EditModal>
    </Page>
  )
}

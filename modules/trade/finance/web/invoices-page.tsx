import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { DataTable } from '#ui/data-table.tsx'
import { formatDate } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import { type InvoiceHead, InvoiceState, invoiceApi } from '../invoice-contract.ts'
import { InvoiceStateTag } from './invoice-state-tag.tsx'
import { Amount } from './money-text.tsx'
import { NewSelfBill } from './self-bill-new.tsx'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  const [side, setSide] = useSide()
  const may = useCan('finance.enterInvoices')
  const mayBill = useCan('finance.approve')
  const [billing, setBilling] = useState(false)
  const add = may && (
    <Link to={`/finance/invoices/new?side=${side}`}>
      <Button type="primary">{t('invoices.add')}</Button>
    </Link>
  )
  return (
    <Page
      title={t(`invoices.${side}`)}
      subtitle={t('invoices.subtitle')}
      actions={
        <>
          {add}
          {mayBill && side === 'buyer' && <Button onClick={() => setBilling(true)}>{t('invoices.selfBill')}</Button>}
          <SideSwitch side={side} onChange={setSide} words={(value) => t(`invoices.${value}`)} />
        </>
      }
    >
      <DataTable<InvoiceHead>
        key={side}
        name="finance-invoices"
        label={t(`invoices.${side}`)}
        queryKey={['finance', 'invoices', side]}
        rowKey={(row) => row.id}
        rowHref={(row) => `/finance/invoices/${row.id}`}
        defaultSort="-day"
        searchHint={t('invoices.searchHint')}
        pageQuery={(query, signal) => call(invoiceApi.invoices, { query: { ...query, side } as never, signal })}
        filters={[
          {
            key: 'state',
            label: t('invoices.state'),
            options: InvoiceState.options.map((state) => ({ value: state, label: t(`invoiceStates.${state}`) })),
          },
        ]}
        columns={[
          { key: 'number', title: t('invoices.number'), render: (row) => row.number },
          { key: 'bill', title: t('invoices.billNumber'), hidden: true, render: (row) => row.billNumber ?? '—' },
          { key: 'code', title: t('invoices.code'), hidden: true, render: (row) => row.code ?? '—' },
          { key: 'partner', title: t(`payables.partner.${side}`), primary: true, render: (row) => row.partner.name },
          { key: 'day', title: t('invoices.day'), sort: 'day', render: (row) => formatDate(row.day), width: 120 },
          {
            key: 'net',
            title: t('invoices.net'),
            align: 'right',
            text: (row) => row.net.amount,
            render: (row) => <Amount money={row.net} sign />,
          },
          {
            key: 'tax',
            title: t('invoices.tax'),
            align: 'right',
            text: (row) => row.tax.amount,
            render: (row) => <Amount money={row.tax} sign />,
          },
          {
            key: 'gross',
            title: t('invoices.gross'),
            align: 'right',
            text: (row) => row.gross.amount,
            render: (row) => <Amount money={row.gross} sign />,
          },
          {
            key: 'state',
            title: t('invoices.state'),
            text: (row) => t(`invoiceStates.${row.state}`),
            render: (row) => <InvoiceStateTag state={row.state} />,
          },
          { key: 'own', title: t('invoices.enteredBy'), hidden: true, render: (row) => t(row.own ? 'invoices.own' : 'invoices.partners') },
        ]}
        empty={{ text: t(`invoices.empty.${side}`), action: add }}
      />
      <NewSelfBill open={billing} onClose={() => setBilling(false)} />
    </Page>
  )
}

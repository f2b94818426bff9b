import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDate, formatMoney } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import type { PartySide } from '../invoice-contract.ts'
import { type AgeingRow, type Payable, payableApi } from '../payable-contract.ts'
import { DisputePayable } from './dispute-payable.tsx'
import { Amount } from './money-text.tsx'
import { PayPayables } from './pay-payables.tsx'
import { financeQueries } from './queries.ts'
import './finance.css'

export function Component() {
  const t = useWords('finance')
  const [side, setSide] = useSide()
  const client = useQueryClient()
  const may = useCan('finance.approve')
  const [paying, setPaying] = useState<{ rows: Payable[]; done: () => void }>()
  const [disputing, setDisputing] = useState<Payable>()
  const changed = () => client.invalidateQueries({ queryKey: ['finance'] })
  const columns = useColumns(side, side === 'buyer' && may ? setDisputing : undefined)
  return (
    <Page
      title={t(`payables.${side}`)}
      subtitle={t('payables.subtitle')}
      actions={
        <>
          <Link to={`/finance/payments?side=${side}`}>
            <Button>{t('payments.title')}</Button>
          </Link>
          <SideSwitch side={side} onChange={setSide} words={(value) => t(`payables.${value}`)} />
        </>
      }
    >
      <Ageing side={side} />
      <DataTable<Payable>
        key={side}
        name="finance-payables"
        label={t(`payables.${side}`)}
        queryKey={['finance', 'payables', side]}
        rowKey={(row) => row.id}
        rowHref={(row) => `/finance/invoices/${row.invoiceId}`}
        defaultSort="dueDay"
        searchHint={t('payables.searchHint')}
        pageQuery={(query, signal) => call(payableApi.payables, { query: { ...query, side } as never, signal })}
        filters={[
          {
            key: 'status',
            label: t('payables.status'),
            options: ['open', 'overdue', 'settled'].map((value) => ({ value, label: t(`payables.statuses.${value}`) })),
          },
        ]}
        columns={columns}
        {...(side === 'buyer' && may
          ? {
              bulk: (rows: Payable[], done: () => void) => (
                <Button type="primary" onClick={() => setPaying({ rows, done })}>
                  {t('payments.record')}
                </Button>
              ),
            }
          : {})}
        empty={{ text: t(`payables.empty.${side}`) }}
      />
      <PayPayables
        rows={paying?.rows ?? []}
        open={paying !== undefined}
        onClose={() => setPaying(undefined)}
        onDone={() => {
          paying?.done()
          void changed()
        }}
      />
      <DisputePayable payable={disputing} onClose={() => setDisputing(undefined)} onDone={() => void changed()} />
    </Page>
  )
}

function useColumns(side: PartySide, onDispute: ((row: Payable) => void) | undefined): Column<Payable>[] {
  const t = useWords('finance')
  return [
    {
      key: 'partner',
      title: t(`payables.partner.${side}`),
      primary: true,
      render: (row) => row.partner.name,
      text: (row) => row.partner.name,
    },
    { key: 'invoice', title: t('payables.invoice'), render: (row) => row.invoiceNumber },
    {
      key: 'gross',
      title: t('payables.gross'),
      align: 'right',
      text: (row) => row.gross.amount,
      render: (row) => <Amount money={row.gross} sign />,
    },
    {
      key: 'paid',
      title: t('payables.paid'),
      align: 'right',
      hidden: true,
      text: (row) => row.paid.amount,
      render: (row) => <Amount money={row.paid} sign />,
    },
    {
      key: 'open',
      title: t('payables.open'),
      align: 'right',
      text: (row) => row.open.amount,
      render: (row) => <Amount money={row.open} sign />,
    },
    {
      key: 'undisputed',
      title: t('payables.undisputed'),
      align: 'right',
      text: (row) => row.undisputed.amount,
      render: (row) => (
        <>
          <Amount money={row.undisputed} sign />
          {row.disputeReason && (
            <div className="ls-quiet">{t('payables.disputed', { amount: formatMoney(row.disputed), reason: row.disputeReason })}</div>
          )}
        </>
      ),
    },
    {
      key: 'due',
      title: t('payables.dueDay'),
      sort: 'dueDay',
      text: (row) => row.dueDay,
      render: (row) => (
        <>
          {formatDate(row.dueDay)} <DueState payable={row} />
        </>
      ),
    },
    {
      key: 'clause',
      title: t('payables.clause'),
      text: (row) => `${t(`payables.due.${row.due.kind}`, { days: row.due.days })} ${row.due.source}`,
      render: (row) => (
        <span title={row.due.source}>
          {t(`payables.due.${row.due.kind}`, { days: row.due.days })}
          <div className="ls-quiet fin-clamp">{row.due.source}</div>
        </span>
      ),
    },
    { key: 'delivered', title: t('payables.deliveredDay'), hidden: true, render: (row) => formatDate(row.deliveredDay) },
    ...(onDispute
      ? [
          {
            key: 'actions',
            title: '',
            actions: true,
            width: 90,
            render: (row: Payable) =>
              row.settledOn === null && (
                <Button
                  size="small"
                  onClick={(event) => {
                    event.stopPropagation()
                    onDispute(row)
                  }}
                >
                  {t('payables.dispute')}
                </Button>
              ),
          },
        ]
      : []),
  ]
}

function DueState({ payable }: { payable: Payable }) {
  const t = useWords('finance')
  if (payable.settledOn !== null) return <StatusTag tone="good">{t('payables.settled')}</StatusTag>
  if (payable.daysLate <= 0) return null
  return <StatusTag tone={payable.due.kind === 'law' ? 'bad' : 'warning'}>{t('payables.late', { days: payable.daysLate })}</StatusTag>
}

const columns = ['accrued', 'accruedOver60', 'open', 'notDue', 'to30', 'to60', 'to90', 'over90'] as const

/** What should not be there: goods not invoiced for long, and what is overdue. */
const late: readonly string[] = ['accruedOver60', 'to30', 'to60', 'to90', 'over90']

function Ageing({ side }: { side: PartySide }) {
  const t = useWords('finance')
  const query = useQuery(financeQueries.ageing(side))
  return (
    <Loaded query={query}>
      {({ rows, today }) =>
        rows.length === 0 ? null : (
          <Section title={t('ageing.title', { day: formatDate(today) })} flush>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
            <div className="ls-rows fin-scroll" tabIndex={0}>
              <table aria-label={t('ageing.title', { day: formatDate(today) })}>
                <thead>
                  <tr>
                    <th scope="col">{t(`payables.partner.${side}`)}</th>
                    {columns.map((column) => (
                      <th key={column} scope="col" className="ls-cell-right">
                        {t(`ageing.${column}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row: AgeingRow) => (
                    <tr key={`${row.partner.orgId} ${row.currency}`}>
                      <td>{row.partner.name}</td>
                      {columns.map((column) => (
                        <td
                          key={column}
                          className={late.includes(column) && Number(row[column].amount) !== 0 ? 'ls-cell-right fin-late' : 'ls-cell-right'}
                        >
                          {Number(row[column].amount) === 0 ? '—' : <Amount money={row[column]} sign />}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Section>
        )
      }
    </Loaded>
  )
}

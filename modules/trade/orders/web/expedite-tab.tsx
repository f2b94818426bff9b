import { Segmented } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { formatDateTime, formatQuantity } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { unitName } from '#values/units.ts'
import { type Expedite, expediteApi } from '../expedite-contract.ts'
import type { Side } from '../order-states.ts'
import { ExpediteActions, ExpediteAnswer } from './expedite-forms.tsx'
import { LOOK_MS } from './queries.ts'

interface Props {
  side: Side
  partnerId: string | undefined
  actions: React.ReactNode
  /** Reminds of what is not answered. */
  bulk: (rows: readonly Expedite[], done: () => void) => React.ReactNode
}

/** What was asked to come on another day, and what the supplier says. */
export function ExpediteTab({ side, partnerId, actions, bulk }: Props) {
  const t = useWords('orders')
  const locale = useLocale()
  const canManage = useCan('orders.manage')
  const [shown, setShown] = useState<'asked' | 'all'>('asked')
  const filter = { side, partnerId, ...(shown === 'asked' && { state: 'asked' }) }
  return (
    <DataTable<Expedite>
      key={shown}
      name={`orders-expedites-${side}`}
      label={t('expedite.tab')}
      columns={columnsOf(t, locale, side, canManage)}
      rowKey={(row) => row.id}
      queryKey={['orders', 'followUp', 'expedites', side, shown, partnerId]}
      pageQuery={(query, signal) => call(expediteApi.list, { query: { ...query, ...filter } as never, signal })}
      defaultSort="-askedAt"
      searchHint={t('followUp.searchHint')}
      rowHref={(row) => `/orders/${row.orderId}`}
      refreshMs={3 * LOOK_MS}
      {...(side === 'buyer' && { bulk })}
      actions={
        <>
          <Segmented
            value={shown}
            onChange={setShown}
            options={[
              { value: 'asked' as const, label: t('expedite.open') },
              { value: 'all' as const, label: t('expedite.all') },
            ]}
          />
          {actions}
        </>
      }
      empty={{ text: t(`expedite.empty.${side}`) }}
    />
  )
}

function columnsOf(t: Words, locale: PageLocale, side: Side, canManage: boolean): Column<Expedite>[] {
  const unit = (row: Expedite) => unitName(row.unit, locale === 'en-US')
  const material = (row: Expedite) => `${row.materialCode} ${row.materialName}`
  return [
    {
      key: 'order',
      title: t('field.number'),
      width: 170,
      render: (row) => (
        <>
          {row.orderNumber}
          <div className="ls-quiet">{nameIn(locale, row.partner.name, row.partner.nameEn)}</div>
        </>
      ),
      text: (row) => row.orderNumber,
    },
    {
      key: 'material',
      title: t('lines.material'),
      primary: true,
      render: material,
      text: material,
    },
    {
      key: 'left',
      title: t('lines.left'),
      width: 90,
      align: 'right',
      render: (row) => formatQuantity(row.left, unit(row)),
      text: (row) => row.left,
    },
    { key: 'due', title: t('expedite.due'), width: 110, render: (row) => row.dueDay, text: (row) => row.dueDay },
    {
      key: 'wanted',
      title: t('expedite.wantedDay'),
      width: 110,
      render: (row) => <strong>{row.wantedDay}</strong>,
      text: (row) => row.wantedDay,
    },
    {
      key: 'reason',
      title: t('expedite.reason'),
      width: 200,
      render: (row) => (
        <>
          {row.reason}
          <div className="ls-quiet">{row.askedBy}</div>
        </>
      ),
      text: (row) => row.reason,
    },
    {
      key: 'askedAt',
      title: t('expedite.askedAt'),
      width: 140,
      sort: 'askedAt',
      render: (row) => formatDateTime(row.askedAt),
      text: (row) => formatDateTime(row.askedAt),
    },
    {
      key: 'state',
      title: t('expedite.state'),
      width: 170,
      render: (row) => <ExpediteAnswer expedite={row} />,
      text: (row) => t(`expedite.states.${row.state}`),
    },
    ...(side === 'buyer'
      ? [
          {
            key: 'reminders',
            title: t('followUp.reminders'),
            width: 150,
            hidden: true,
            render: (row: Expedite) =>
              row.reminders === 0 ? '—' : t('followUp.times', { n: row.reminders, at: formatDateTime(row.lastReminder) }),
            text: (row: Expedite) => row.reminders,
          },
        ]
      : []),
    ...(canManage
      ? [{ key: 'do', title: '', width: 90, actions: true, render: (row: Expedite) => <ExpediteActions expedite={row} /> }]
      : []),
  ]
}

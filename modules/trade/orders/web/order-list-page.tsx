import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Badge, Button, Tabs, Tag, Tooltip } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { call } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { EMPTY, formatDateTime, formatMoney } from '#ui/format.ts'
import { type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import { type OrderHead, ordersApi } from '../contract.ts'
import { OrderState, type Side } from '../order-states.ts'
import { partnerFilter, partnerOf, RespondBy, StateTag, stateText, turnText } from './order-words.tsx'
import { orderQueries } from './queries.ts'
import { SettingsButton } from './settings-drawer.tsx'
import { useAcceptances } from './use-acceptances.ts'
import { WaitingAcceptances } from './waiting-acceptances.tsx'
import './orders.css'

const tabs = {
  mine: { waitsFor: 'me', sort: 'respondBy' },
  talked: { waitsFor: 'any', sort: 'respondBy' },
  agreed: { state: 'agreed', sort: 'nextDay' },
  all: { sort: '-createdAt' },
} as const
type Tab = keyof typeof tabs

/** Orders of one side; a supplier has those of all his customers in one list. */
export function Component() {
  const t = useWords('orders')
  const locale = useLocale()
  const [params, setParams] = useSearchParams()
  const [side] = useSide()
  const tab = (Object.keys(tabs) as Tab[]).find((key) => key === params.get('tab')) ?? 'mine'
  const partnerId = params.get('partnerId') ?? undefined
  const acceptances = useAcceptances()
  const counts = useQuery(orderQueries.counts(side))
  const put = (change: Record<string, string | undefined>) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now)
        for (const [name, value] of Object.entries(change)) {
          if (value) next.set(name, value)
          else next.delete(name)
        }
        return next
      },
      { replace: true },
    )
  const { sort, ...fixed } = tabs[tab]
  const late = params.get('late') === 'true'
  return (
    <Page
      title={t('name')}
      subtitle={t('list.subtitle')}
      actions={
        side === 'buyer' && (
          <>
            <SettingsButton />
            <ImportButton />
            <NewButton />
          </>
        )
      }
    >
      <WaitingAcceptances acceptances={acceptances} />
      <SideSwitch
        side={side}
        onChange={(value) => put({ side: value, partnerId: undefined })}
        words={(value) => t(`asSide.${value}`)}
        above
      />
      <Tabs
        activeKey={tab}
        onChange={(key) => put({ tab: key === 'mine' ? undefined : key, late: undefined })}
        items={(Object.keys(tabs) as Tab[]).map((key) => ({
          key,
          label: <TabLabel text={t(`tabs.${key}`)} count={key === 'all' ? undefined : counts.data?.[key]} loud={key === 'mine'} />,
        }))}
      />
      <DataTable<OrderHead>
        key={`${side}-${tab}`}
        name={`orders-${side}-${tab}`}
        label={t(`tabs.${tab}`)}
        columns={columnsOf(t, locale, side)}
        rowKey={(order) => order.id}
        queryKey={['orders', 'list', side, tab, partnerId, late]}
        pageQuery={(query, signal) =>
          call(ordersApi.list, { query: { ...query, ...fixed, side, partnerId, ...(late && { late: 'true' }) } as never, signal })
        }
        defaultSort={sort}
        searchHint={t('list.searchHint')}
        filters={
          tab === 'all'
            ? [
                {
                  key: 'state',
                  label: t('field.state'),
                  options: OrderState.options.map((value) => ({ value, label: t(`states.${value}`) })),
                },
              ]
            : []
        }
        rowHref={(order) => `/orders/${order.id}`}
        actions={
          <>
            <PartnerSelect {...partnerFilter(side, t)} value={partnerId} onChange={(id) => put({ partnerId: id })} />
            {tab === 'agreed' && (
              <Tag.CheckableTag checked={late} onChange={(on) => put({ late: on ? 'true' : undefined })}>
                {t('list.onlyLate')}
              </Tag.CheckableTag>
            )}
          </>
        }
        empty={{ text: emptyText(t, tab, side), action: side === 'buyer' && tab !== 'agreed' ? <NewButton /> : undefined }}
      />
    </Page>
  )
}

const emptyText = (t: Words, tab: Tab, side: Side): string =>
  ({ mine: t('list.emptyMine'), talked: t('list.emptyTalked'), agreed: t('list.emptyAgreed'), all: t(`list.empty.${side}`) })[tab]

function TabLabel({ text, count, loud }: { text: string; count: number | undefined; loud: boolean }) {
  return (
    <span>
      {text} {count ? <Badge count={count} overflowCount={9999} color={loud ? '#b4231f' : '#5c7282'} /> : null}
    </span>
  )
}

function NewButton() {
  const t = useWords('orders')
  const canManage = useCan('orders.manage')
  const button = (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} disabled={!canManage}>
      {t('new')}
    </Button>
  )
  return canManage ? <Link to="/orders/new">{button}</Link> : <Tooltip title={t('notAllowed')}>{button}</Tooltip>
}

function ImportButton() {
  const t = useWords('orders')
  const button = <Button disabled={!useCan('orders.manage')}>{t('import.ordersButton')}</Button>
  return useCan('orders.manage') ? <Link to="/orders/import">{button}</Link> : <Tooltip title={t('notAllowed')}>{button}</Tooltip>
}

function columnsOf(t: Words, locale: PageLocale, side: Side): Column<OrderHead>[] {
  return [
    {
      key: 'number',
      title: t('field.number'),
      width: 180,
      render: (order) => (
        <span className="orders-number">
          {order.number} {order.urgent && <Tag color="red">{t('field.urgent')}</Tag>}{' '}
          {order.consigned && <Tag color="blue">{t('field.consigned')}</Tag>}
        </span>
      ),
      text: (order) => order.number,
    },
    {
      key: 'partner',
      title: t(side === 'buyer' ? 'list.supplier' : 'list.customer'),
      render: (order) => partnerOf(order, locale),
      text: (order) => partnerOf(order, locale),
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 130,
      render: (order) => <StateTag order={order} t={t} />,
      text: (order) => stateText(order, t),
    },
    { key: 'turn', title: t('field.turn'), width: 120, render: (order) => turnText(order, t), text: (order) => turnText(order, t) },
    {
      key: 'respondBy',
      title: t('field.respondBy'),
      width: 160,
      sort: 'respondBy',
      render: (order) => <RespondBy order={order} t={t} />,
      text: (order) => formatDateTime(order.respondBy),
    },
    {
      key: 'nextDay',
      title: t('field.nextDay'),
      width: 130,
      sort: 'nextDay',
      render: (order) => (order.late ? <span className="orders-late">{order.nextDay}</span> : (order.nextDay ?? EMPTY)),
      text: (order) => order.nextDay,
    },
    { key: 'lines', title: t('field.lines'), width: 80, align: 'right', render: (order) => order.lines, text: (order) => order.lines },
    {
      key: 'gross',
      title: t('field.gross'),
      width: 150,
      align: 'right',
      render: (order) => formatMoney(order.gross),
      text: (order) => order.gross.amount,
    },
    {
      key: 'net',
      title: t('field.net'),
      hidden: true,
      width: 150,
      align: 'right',
      render: (order) => formatMoney(order.net),
      text: (order) => order.net.amount,
    },
    {
      key: 'createdAt',
      title: t('field.createdAt'),
      width: 160,
      sort: 'createdAt',
      render: (order) => formatDateTime(order.createdAt),
      text: (order) => formatDateTime(order.createdAt),
    },
  ]
}

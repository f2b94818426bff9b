import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Badge, Button, Input, Tabs, Tooltip } from 'antd'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { call, download, errorText } from '#ui/api.ts'
import { type Column, DataTable } from '#ui/data-table.tsx'
import { DownloadButton } from '#ui/download-button.tsx'
import { EMPTY, formatDateTime, formatMoney, formatQuantity } from '#ui/format.ts'
import { nameIn, type PageLocale, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Page } from '#ui/page.tsx'
import { PartnerSelect } from '#ui/partner-select.tsx'
import { useCan } from '#ui/session.ts'
import { SideSwitch, useSide } from '#ui/side-switch.tsx'
import { unitName } from '#values/units.ts'
import type { OrderId } from '../contract.ts'
import { DUE_SOON_DAYS, type FollowUpDelivery, followUpApi, REMINDERS_PER_DAY, type UnansweredOrder } from '../follow-up-contract.ts'
import type { Side } from '../order-states.ts'
import { type Askable, AskExpedite, ExpediteTag } from './expedite-forms.tsx'
import { ExpediteTab } from './expedite-tab.tsx'
import { FiguresTab } from './figures-tab.tsx'
import { partnerFilter, partnerOf, RespondBy } from './order-words.tsx'
import { orderQueries } from './queries.ts'
import './orders.css'

const tabs = ['overdue', 'dueSoon', 'unanswered', 'expedite', 'all', 'figures'] as const
type Tab = (typeof tabs)[number]

/** What must be followed up: overdue, due soon, unanswered; and how punctual everybody is. */
export function Component() {
  const t = useWords('orders')
  const [params, setParams] = useSearchParams()
  const [side] = useSide()
  const tab = tabs.find((key) => key === params.get('tab')) ?? 'overdue'
  const partnerId = params.get('partnerId') ?? undefined
  const counts = useQuery(orderQueries.followUpCounts(side))
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
  const partner = <PartnerSelect {...partnerFilter(side, t)} value={partnerId} onChange={(id) => put({ partnerId: id })} />
  const count = (key: Tab) => (key !== 'all' && key !== 'figures' ? counts.data?.[key] : undefined)
  return (
    <Page title={t('followUp.name')} subtitle={t('followUp.subtitle', { days: DUE_SOON_DAYS, limit: REMINDERS_PER_DAY })}>
      <SideSwitch
        side={side}
        onChange={(value) => put({ side: value, partnerId: undefined })}
        words={(value) => t(`asSide.${value}`)}
        above
      />
      <Tabs
        activeKey={tab}
        onChange={(key) => put({ tab: key })}
        items={tabs.map((key) => ({
          key,
          label: (
            <span>
              {t(`followUp.tabs.${key}`)}{' '}
              {count(key) ? <Badge count={count(key)} overflowCount={9999} color={key === 'dueSoon' ? '#5c7282' : '#b4231f'} /> : null}
            </span>
          ),
        }))}
      />
      {tab === 'figures' ? (
        <FiguresTab side={side} />
      ) : tab === 'unanswered' ? (
        <Unanswered side={side} partnerId={partnerId} actions={partner} />
      ) : tab === 'expedite' ? (
        <ExpediteTab
          key={side}
          side={side}
          partnerId={partnerId}
          actions={partner}
          bulk={(rows, done) => <RemindButton ids={rows.map((row) => row.orderId)} done={done} />}
        />
      ) : (
        <Deliveries key={tab} side={side} tab={tab} partnerId={partnerId} actions={partner} />
      )}
    </Page>
  )
}

interface ListProps {
  side: Side
  partnerId: string | undefined
  actions: React.ReactNode
}

function Deliveries({ side, tab, partnerId, actions }: ListProps & { tab: 'overdue' | 'dueSoon' | 'all' }) {
  const t = useWords('orders')
  const locale = useLocale()
  const canManage = useCan('orders.manage')
  const [asking, setAsking] = useState<Askable>()
  const reason = tab === 'all' ? undefined : tab
  const filter = { side, ...(partnerId && { partnerId }), ...(reason && { reason }) }
  const table = (
    <DataTable<FollowUpDelivery>
      name={`orders-deliveries-${side}`}
      label={t(`followUp.tabs.${tab}`)}
      columns={[...deliveryColumns(t, locale, side), expediteColumn(t, side === 'buyer' && canManage ? setAsking : undefined)]}
      rowKey={(row) => row.id}
      queryKey={['orders', 'followUp', 'deliveries', side, tab, partnerId]}
      pageQuery={(query, signal) => call(followUpApi.deliveries, { query: { ...query, ...filter } as never, signal })}
      defaultSort="dueDay"
      searchHint={t('followUp.searchHint')}
      rowHref={(row) => `/orders/${row.orderId}`}
      {...(side === 'buyer' && { bulk: (rows, done) => <RemindButton ids={rows.map((row) => row.orderId)} done={done} /> })}
      actions={
        <>
          {actions}
          <DownloadButton
            text={t('followUp.export')}
            fetchFile={() => download(followUpApi.exportDeliveries, { query: filter as never })}
          />
        </>
      }
      empty={{ text: t(`followUp.empty.${tab}`) }}
    />
  )
  return (
    <>
      {table}
      {asking && <AskExpedite delivery={asking} onClose={() => setAsking(undefined)} />}
    </>
  )
}

/** What was asked of a delivery last; where nothing waits for an answer, the buyer may ask. */
const expediteColumn = (t: Words, ask: ((delivery: Askable) => void) | undefined): Column<FollowUpDelivery> => ({
  key: 'expedite',
  title: t('expedite.tab'),
  width: 110,
  render: (row) => (
    <>
      {row.expedite && row.expedite.state !== 'withdrawn' && (
        <div>
          <ExpediteTag state={row.expedite.state} />
          <div className="ls-quiet">{row.expedite.promisedDay ?? row.expedite.wantedDay}</div>
        </div>
      )}
      {ask && row.state === 'agreed' && row.left !== '0' && row.expedite?.state !== 'asked' && (
        <Button
          size="small"
          onClick={(event) => {
            event.stopPropagation()
            ask({ ...row, material: `${row.materialCode} ${row.materialName}` })
          }}
        >
          {t('expedite.ask')}
        </Button>
      )}
    </>
  ),
  text: (row) => (row.expedite ? t(`expedite.states.${row.expedite.state}`) : ''),
})

function Unanswered({ side, partnerId, actions }: ListProps) {
  const t = useWords('orders')
  const locale = useLocale()
  return (
    <DataTable<UnansweredOrder>
      name={`orders-unanswered-${side}`}
      label={t('followUp.tabs.unanswered')}
      columns={unansweredColumns(t, locale, side)}
      rowKey={(row) => row.id}
      queryKey={['orders', 'followUp', 'unanswered', side, partnerId]}
      pageQuery={(query, signal) => call(followUpApi.unanswered, { query: { ...query, side, partnerId } as never, signal })}
      defaultSort="respondBy"
      searchHint={t('list.searchHint')}
      rowHref={(row) => `/orders/${row.id}`}
      bulk={(rows, done) => <RemindButton ids={rows.map((row) => row.id)} done={done} />}
      actions={actions}
      empty={{ text: t('followUp.empty.unanswered') }}
    />
  )
}

/** Reminds the other side of all that are chosen; what became of them is told. */
function RemindButton({ ids, done }: { ids: OrderId[]; done: () => void }) {
  const t = useWords('orders')
  const client = useQueryClient()
  const { message, modal } = App.useApp()
  const canManage = useCan('orders.manage')
  const [busy, setBusy] = useState(false)
  const orderIds = [...new Set(ids)]
  const send = async (note: string) => {
    setBusy(true)
    try {
      const { results } = await call(followUpApi.remind, { body: { orderIds, note } })
      const n = (outcome: string) => results.filter((result) => result.outcome === outcome).length
      const told = [
        t('followUp.reminded', { n: n('reminded') }),
        n('enough') && t('followUp.enough', { n: n('enough') }),
        n('nothing') && t('followUp.nothing', { n: n('nothing') }),
      ]
      void (n('reminded') > 0 ? message.success : message.warning)(told.filter(Boolean).join(t('ui:listSeparator')))
      await client.invalidateQueries({ queryKey: ['orders', 'followUp'] })
      done()
    } catch (error) {
      void message.error(errorText(error, t))
    } finally {
      setBusy(false)
    }
  }
  const ask = () => {
    let note = ''
    modal.confirm({
      title: t('followUp.remindTitle', { n: orderIds.length }),
      content: (
        <Input.TextArea
          aria-label={t('followUp.note')}
          placeholder={t('followUp.note')}
          maxLength={300}
          onChange={(event) => {
            note = event.target.value
          }}
        />
      ),
      okText: t('followUp.remind'),
      cancelText: t('ui:cancel'),
      onOk: () => send(note.trim()),
    })
  }
  const button = (
    <Button type="primary" loading={busy} disabled={!canManage} onClick={ask}>
      {t('followUp.remindMany', { n: orderIds.length })}
    </Button>
  )
  return canManage ? button : <Tooltip title={t('notAllowed')}>{button}</Tooltip>
}

const remindersText = ({ reminders, lastReminder }: { reminders: number; lastReminder: string | null }, t: Words): string =>
  reminders === 0 ? EMPTY : t('followUp.times', { n: reminders, at: formatDateTime(lastReminder) })

function deliveryColumns(t: Words, locale: PageLocale, side: Side): Column<FollowUpDelivery>[] {
  const unit = (row: FollowUpDelivery) => unitName(row.unit, locale === 'en-US')
  const columns: (Omit<Column<FollowUpDelivery>, 'render' | 'text'> & { of: (row: FollowUpDelivery) => string })[] = [
    { key: 'order', title: t('field.number'), width: 170, of: (row) => row.orderNumber },
    {
      key: 'partner',
      title: t(side === 'buyer' ? 'list.supplier' : 'list.customer'),
      of: (row) => nameIn(locale, row.partner.name, row.partner.nameEn),
    },
    { key: 'material', title: t('lines.material'), primary: true, of: (row) => `${row.materialCode} ${row.materialName}` },
    { key: 'specification', title: t('export.specification'), hidden: true, of: (row) => row.specification || EMPTY },
    { key: 'supplierCode', title: t('lines.supplierCode'), hidden: true, of: (row) => row.supplierCode ?? EMPTY },
    { key: 'due', title: t('export.dueQuantity'), align: 'right', width: 120, of: (row) => formatQuantity(row.dueQuantity, unit(row)) },
    { key: 'left', title: t('lines.left'), align: 'right', width: 110, of: (row) => formatQuantity(row.left) },
    { key: 'accepted', title: t('lines.accepted'), align: 'right', width: 120, of: (row) => formatQuantity(row.accepted) },
    { key: 'state', title: t('field.state'), width: 100, of: (row) => t(`scheduleStates.${row.state}`) },
    { key: 'reminders', title: t('followUp.reminders'), width: 140, of: (row) => remindersText(row, t) },
  ]
  const plain = columns.map(({ of, ...column }): Column<FollowUpDelivery> => ({ ...column, render: of, text: of }))
  plain.splice(3, 0, {
    key: 'dueDay',
    title: t('edit.day'),
    width: 120,
    sort: 'dueDay',
    render: (row) => (row.punctuality === 'overdue' ? <span className="orders-late">{row.dueDay}</span> : row.dueDay),
    text: (row) => row.dueDay,
  })
  return plain
}

function unansweredColumns(t: Words, locale: PageLocale, side: Side): Column<UnansweredOrder>[] {
  return [
    { key: 'number', title: t('field.number'), width: 180, render: (row) => row.number, text: (row) => row.number },
    {
      key: 'partner',
      title: t(side === 'buyer' ? 'list.supplier' : 'list.customer'),
      render: (row) => partnerOf(row, locale),
      text: (row) => partnerOf(row, locale),
    },
    {
      key: 'respondBy',
      title: t('field.respondBy'),
      width: 170,
      sort: 'respondBy',
      render: (row) => <RespondBy order={row} t={t} />,
      text: (row) => formatDateTime(row.respondBy),
    },
    {
      key: 'gross',
      title: t('field.gross'),
      width: 150,
      align: 'right',
      render: (row) => formatMoney(row.gross),
      text: (row) => row.gross.amount,
    },
    { key: 'reminders', title: t('followUp.reminders'), width: 220, render: (row) => remindersText(row, t), text: (row) => row.reminders },
  ]
}

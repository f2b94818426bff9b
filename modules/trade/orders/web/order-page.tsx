import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { useParams } from 'react-router'
import { call } from '#ui/api.ts'
import { formatDateTime, formatMoney } from '#ui/format.ts'
import { useLocale, useWords, type Words } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { writePercent } from '#values/decimal.ts'
import { type Delivery, type Order, type OrderId, ordersApi } from '../contract.ts'
import type { LineContent } from '../order-content.ts'
import { AnnexSection } from './annex.tsx'
import { type Askable, AskExpedite } from './expedite-forms.tsx'
import { Expedites } from './expedites-section.tsx'
import { LineTable } from './line-table.tsx'
import { OrderActions } from './order-actions.tsx'
import { partnerOf, RespondBy, StateTag } from './order-words.tsx'
import { PrintButton } from './print-button.tsx'
import { ProposalEditor } from './proposal-editor.tsx'
import { orderQueries } from './queries.ts'
import { Reminders } from './reminders.tsx'
import { Changes, Revisions } from './revisions.tsx'
import { StateTrack } from './state-track.tsx'
import { TermLimitAlert } from './term-limit.tsx'
import { useAcceptances, useKeptOrders } from './use-acceptances.ts'
import { useRenewal, useStep } from './use-order.ts'
import { WaitingAcceptances } from './waiting-acceptances.tsx'
import './orders.css'

export function Component() {
  const { id = '' } = useParams()
  const kept = useKeptOrders()
  const query = useQuery({
    ...orderQueries.order(id as OrderId),
    networkMode: 'always',
    // Without a network an order that waits for an answer opens as this device saw it last.
    placeholderData: () => kept.order(id),
  })
  const { data, isPlaceholderData } = query
  useEffect(() => {
    if (data && !isPlaceholderData) kept.keepOrder(data)
  }, [kept, data, isPlaceholderData])
  return <Loaded query={{ ...query, data: data ?? kept.order(id) }}>{(order) => <OrderPage key={order.id} order={order} />}</Loaded>
}

function OrderPage({ order }: { order: Order }) {
  const t = useWords('orders')
  const locale = useLocale()
  const { keep } = useStep()
  const expedited = useRenewal(order)
  const acceptances = useAcceptances()
  // What is edited is the order as it stood when the editor opened: a renewal takes nothing away that was typed.
  const [edited, setEdited] = useState<Order>()
  const canManage = useCan('orders.manage')
  const expedites = useQuery(orderQueries.expedites(order.id, order.side, expedited)).data?.items ?? []
  const asked = new Set<string>(expedites.filter((one) => one.state === 'asked').map((one) => one.scheduleLineId))
  const [asking, setAsking] = useState<Askable>()
  const edits = editsOf(order)
  const params = { id: order.id }
  return (
    <Page
      title={order.number}
      subtitle={`${t(`asSide.${order.side}`)} · ${partnerOf(order, locale)}`}
      breadcrumbs={[{ label: t('name'), path: `/orders?side=${order.side}` }]}
      tags={<StateTag order={order} t={t} />}
      actions={
        <>
          <OrderActions order={order} editing={edited !== undefined} onEdit={() => setEdited(order)} acceptances={acceptances} />
          <PrintButton id={order.id} />
        </>
      }
    >
      <WaitingAcceptances acceptances={acceptances} />
      <StateTrack order={order} />
      <WhoseTurn order={order} t={t} />
      {!edited && <TermLimitAlert limit={order.termLimit} agreed={(order.openContent ?? order.content).terms.paymentDays} />}
      {edited && edited.version !== order.version && (
        <Alert
          type="warning"
          showIcon
          className="orders-turn"
          title={t('edit.overtaken')}
          action={
            <Button size="small" onClick={() => setEdited(edits ? order : undefined)}>
              {t(edits ? 'edit.startAnew' : 'edit.discard')}
            </Button>
          }
        />
      )}
      {edited && (
        <ProposalEditor
          key={edited.version}
          order={edited}
          title={t(`do.${editsOf(edited) ?? 'amend'}`)}
          submitText={t(editsOf(edited) === 'edit' ? 'ui:save' : 'do.send')}
          onClose={() => setEdited(undefined)}
          onSubmit={async (proposal, note) => {
            const body = { version: edited.version, proposal, ...(note && { note }) }
            const sent = editsOf(edited) === 'edit' ? call(ordersApi.edit, { params, body }) : call(ordersApi.propose, { params, body })
            await keep(await sent)
            setEdited(undefined)
          }}
        />
      )}
      {order.openContent && (
        <Section title={t('open.amendment', { no: order.openRevision })}>
          <Changes changes={order.openChanges} t={t} />
        </Section>
      )}
      <Section title={t(order.agreedRevision === null ? 'lines.name' : 'lines.inForce', { no: order.agreedRevision })} flush>
        <LineTable
          order={order}
          lines={order.content.lines}
          changes={order.openContent ? [] : order.openChanges}
          expediting={
            order.side === 'buyer' && canManage
              ? { asked, ask: (line, delivery) => setAsking(askableOf(order, line, delivery)) }
              : undefined
          }
        />
        <Total order={order} t={t} />
      </Section>
      {asking && <AskExpedite delivery={asking} onClose={() => setAsking(undefined)} />}
      <Expedites expedites={expedites} />
      <Head order={order} t={t} />
      <Revisions order={order} />
      <Reminders id={order.id} />
      <AnnexSection order={order} />
      <Panels slot="document" props={{ entity: 'orders.order', recordId: order.id }} />
    </Page>
  )
}

const askableOf = (order: Order, line: LineContent, { id, lineNo, left, confirmedDay, requestedDay }: Delivery): Askable => ({
  id,
  lineNo,
  left,
  orderId: order.id,
  orderNumber: order.number,
  material: `${line.materialCode} ${line.materialName}`,
  unit: line.unit,
  dueDay: confirmedDay ?? requestedDay ?? '',
})

const editsOf = (order: Order) => (['edit', 'counter', 'amend'] as const).find((action) => order.actions.includes(action))

/** Whose answer is awaited, until when, and what it would be about. */
function WhoseTurn({ order, t }: { order: Order; t: Words }) {
  if (order.state === 'awaitingApproval') return <Alert type="warning" showIcon title={t('open.approval')} className="orders-turn" />
  if (order.preparation?.sentBackNote)
    return <Alert type="warning" showIcon title={t('open.sentBack', { note: order.preparation.sentBackNote })} className="orders-turn" />
  if (order.endReason) return <Alert type="info" showIcon title={t('open.ended', { reason: order.endReason })} className="orders-turn" />
  const open = order.revisions.find((revision) => revision.no === order.openRevision)
  if (!open) return null
  const mine = order.turn === order.side
  return (
    <Alert
      type={mine ? 'warning' : 'info'}
      showIcon
      className="orders-turn"
      title={t(mine ? 'open.mine' : 'open.theirs', { no: open.no, kind: t(`kinds.${open.kind}`) })}
      description={
        <>
          {t('field.respondBy')} <RespondBy order={order} t={t} />
          {open.note && <div>{t('open.note', { note: open.note })}</div>}
        </>
      }
    />
  )
}

const Total = ({ order, t }: { order: Order; t: Words }) => (
  <p className="orders-total">
    {t('field.net')} {formatMoney(order.net)} ·{' '}
    <strong>
      {t('field.gross')} {formatMoney(order.gross)}
    </strong>
  </p>
)

function Head({ order, t }: { order: Order; t: Words }) {
  const { terms } = order.content
  const { steps, preparation } = order
  return (
    <Section title={t('terms.name')}>
      <DetailGrid
        items={[
          { label: t('terms.deliverTo'), value: terms.deliverTo, wide: true },
          { label: t('terms.paymentTerms'), value: terms.paymentTerms },
          { label: t('terms.paymentDays'), value: terms.paymentDays },
          { label: t('terms.currency'), value: terms.currency },
          terms.titlePasses !== undefined && { label: t('terms.titlePasses'), value: t(`terms.titles.${terms.titlePasses}`) },
          terms.reference !== undefined && { label: t('terms.reference'), value: terms.reference },
          { label: t('terms.overTolerance'), value: writePercent(terms.overTolerance) },
          { label: t('terms.underTolerance'), value: writePercent(terms.underTolerance) },
          { label: t('terms.graceDays'), value: terms.graceDays },
          { label: t('terms.responseHours'), value: order.responseHours },
          { label: t('steps.createdAt'), value: formatDateTime(steps.createdAt) },
          { label: t('steps.proposedAt'), value: formatDateTime(steps.proposedAt) },
          { label: t('steps.agreedAt'), value: formatDateTime(steps.agreedAt) },
          { label: t('steps.firstShippedAt'), value: formatDateTime(steps.firstShippedAt) },
          { label: t('steps.endedAt'), value: formatDateTime(steps.endedAt) },
          preparation && { label: t('preparation.preparedBy'), value: preparation.preparedBy },
          preparation && { label: t('preparation.submittedBy'), value: preparation.submittedBy },
          preparation !== null &&
            preparation.approvedBy !== null && {
              label: t('preparation.approvedBy'),
              value: `${preparation.approvedBy} ${formatDateTime(preparation.approvedAt)}`,
            },
        ]}
      />
    </Section>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Space } from 'antd'
import { useState } from 'react'
import { useParams } from 'react-router'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatDateTime, formatPrice, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section, StatusTag } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { useCan } from '#ui/session.ts'
import { writePercent } from '#values/decimal.ts'
import { type InvitationDetail, sourcingApi } from '../contract.ts'
import { BidDrawer } from './bid-drawer.tsx'
import { LinesSection } from './lines-section.tsx'
import { sourcingQueries, useChange } from './queries.ts'
import { Clarifications } from './questions-section.tsx'
import { InvitationTag, PhaseTag, useUnitName } from './sourcing-words.tsx'
import './sourcing.css'

/** What a customer asks, and the own bid for it. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery(sourcingQueries.invitation(id))
  return <Loaded query={query}>{(invitation) => <InvitationPage invitation={invitation} />}</Loaded>
}

function InvitationPage({ invitation }: { invitation: InvitationDetail }) {
  const t = useWords('sourcing')
  const canBid = useCan('sourcing.bid')
  return (
    <Page
      title={`${invitation.number} ${invitation.title}`}
      breadcrumbs={[{ label: t('menu.invitations'), path: '/sourcing/invitations' }]}
      tags={
        <>
          <PhaseTag phase={invitation.phase} />
          <InvitationTag state={invitation.state} />
        </>
      }
      actions={canBid && <Actions invitation={invitation} />}
    >
      <Result invitation={invitation} />
      <Section title={t('name')}>
        <DetailGrid
          items={[
            { label: t('invitations.customer'), value: invitation.buyerName },
            { label: t('deadline'), value: formatDateTime(invitation.deadline) },
            { label: t('currency'), value: invitation.currency },
            { label: t('deliverTo'), value: invitation.deliverTo },
            { label: t('note'), value: formatText(invitation.note), wide: true },
            invitation.declineReason !== null && { label: t('declineReason'), value: invitation.declineReason, wide: true },
          ]}
        />
      </Section>
      <Bid invitation={invitation} />
      <LinesSection lines={invitation.lines} />
      <Section title={t('questions')}>
        {invitation.clarifications.length === 0 && invitation.questions.length === 0 && <p className="ls-quiet">{t('noQuestions')}</p>}
        {invitation.questions
          .filter((one) => !one.answered)
          .map((one) => (
            <div key={one.askedAt} className="so-bid-line">
              {one.question} <span className="ls-quiet">{formatDateTime(one.askedAt)}</span>
            </div>
          ))}
        <Clarifications clarifications={invitation.clarifications} />
      </Section>
      <Panels slot="document" props={{ entity: 'sourcing.invitation', recordId: invitation.id }} />
    </Page>
  )
}

function Result({ invitation: { phase, awarded, lines, currency } }: { invitation: InvitationDetail }) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  if (phase === 'cancelled') return <Alert type="warning" showIcon className="ls-form-failure" title={t('result.cancelled')} />
  if (awarded === null) return null
  if (awarded.length === 0) return <Alert type="info" showIcon className="ls-form-failure" title={t('result.lost')} />
  return (
    <Section title={t('result.title')} extra={<StatusTag tone="good">{t('result.won')}</StatusTag>}>
      {awarded.map((one) => {
        const line = lines.find((asked) => asked.no === one.no)
        return (
          <div key={one.no} className="so-bid-line">
            {one.no}. {line?.code} {line?.name} · {writePercent(one.share)} · {one.quantity} {unit(line?.unit)} ·{' '}
            {formatPrice(currency, one.netPrice)}
          </div>
        )
      })}
    </Section>
  )
}

function Bid({ invitation: { bid, lines, currency, deadline } }: { invitation: InvitationDetail }) {
  const t = useWords('sourcing')
  if (!bid) return <Section title={t('bid.title')}>{t('bid.none')}</Section>
  return (
    <Section
      title={t('bid.title')}
      extra={
        <span className="ls-quiet">
          {t('bid.handedIn', { at: formatDateTime(bid.handedInAt), no: bid.no, deadline: formatDateTime(deadline) })}
        </span>
      }
    >
      {bid.lines.map((one) => {
        const line = lines.find((asked) => asked.no === one.no)
        return (
          <div key={one.no} className="so-bid-line">
            {one.no}. {line?.code} {line?.name} · <b>{formatPrice(currency, one.netPrice)}</b> · {t('taxRate')} {writePercent(one.taxRate)}
            {one.leadTimeDays !== null && ` · ${t('leadTime')} ${t('days', { n: one.leadTimeDays })}`}
            {one.minimum !== null && ` · ${t('minimum')} ${one.minimum}`}
            {one.validUntil !== null && ` · ${t('validUntil')} ${one.validUntil}`}
            {one.mouldOwner !== 'none' &&
              ` · ${t('mould')} ${t(`mouldOwners.${one.mouldOwner}`)} ${one.mouldCost === null ? '' : formatPrice(currency, one.mouldCost)}`}
          </div>
        )
      })}
      {bid.note && <p className="ls-quiet">{bid.note}</p>}
    </Section>
  )
}

function Actions({ invitation }: { invitation: InvitationDetail }) {
  const t = useWords('sourcing')
  const change = useChange()
  const [open, setOpen] = useState<'bid' | 'decline' | 'ask'>()
  const close = () => setOpen(undefined)
  const params = { id: invitation.id }
  if (invitation.actions.length === 0) return null
  return (
    <Space wrap>
      <Button onClick={() => setOpen('ask')}>{t('actions.ask')}</Button>
      {invitation.state !== 'declined' && (
        <Button danger onClick={() => setOpen('decline')}>
          {t('actions.decline')}
        </Button>
      )}
      <Button type="primary" onClick={() => setOpen('bid')}>
        {t(invitation.bid ? 'bid.change' : 'actions.bid')}
      </Button>
      <BidDrawer invitation={invitation} open={open === 'bid'} onClose={close} />
      <EditModal<{ reason: string }>
        open={open === 'decline'}
        title={t('declineTitle')}
        submitText={t('actions.decline')}
        danger
        allowUnchanged
        onClose={close}
        onSubmit={({ reason }) => change(() => call(sourcingApi.decline, { params, body: { version: invitation.version, reason } }))}
      >
        <Form.Item name="reason" label={t('declineReason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={300} autoSize={{ minRows: 2 }} />
        </Form.Item>
      </EditModal>
      <EditModal<{ question: string }>
        open={open === 'ask'}
        title={t('actions.ask')}
        submitText={t('actions.ask')}
        allowUnchanged
        onClose={close}
        onSubmit={({ question }) => change(() => call(sourcingApi.ask, { params, body: { question } }))}
      >
        <p className="ls-quiet">{t('askHint')}</p>
        <Form.Item name="question" label={t('question')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={1_000} autoSize={{ minRows: 3 }} />
        </Form.Item>
      </EditModal>
    </Space>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Alert, App, Button, DatePicker, Drawer, Form, Input, Space } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link, useParams, useSearchParams } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { EMPTY, formatDateTime, formatMoney, formatText } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DetailGrid, Loaded, Page, Section } from '#ui/page.tsx'
import { Panels } from '#ui/panels.tsx'
import { instantOfPicked, pickedOfInstant } from '#ui/picked-time.ts'
import { useCan } from '#ui/session.ts'
import { type RequestDetail, sourcingApi } from '../contract.ts'
import { AwardDrawer } from './award-drawer.tsx'
import { Awards, OrderButton } from './awards-section.tsx'
import { Comparison } from './comparison-section.tsx'
import { LinesSection } from './lines-section.tsx'
import { sourcingQueries, useChange } from './queries.ts'
import { Questions } from './questions-section.tsx'
import { InvitationTag, PhaseTag, Punctuality } from './sourcing-words.tsx'
import './sourcing.css'

const LOOK_MS = 20_000

/** One request: who was asked, what they asked, and after the deadline what they bid. */
export function Component() {
  const { id = '' } = useParams()
  const query = useQuery({
    ...sourcingQueries.request(id),
    refetchInterval: ({ state }) => (state.data?.phase === 'bidding' ? LOOK_MS : false),
  })
  return <Loaded query={query}>{(request) => <RequestPage request={request} />}</Loaded>
}

function RequestPage({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const canManage = useCan('sourcing.manage')
  const count = (state: 'quoted' | 'declined') => request.suppliers.filter((one) => one.state === state).length
  return (
    <Page
      title={`${request.number} ${request.title}`}
      breadcrumbs={[{ label: t('name'), path: '/sourcing' }]}
      tags={<PhaseTag phase={request.phase} />}
      actions={canManage && <Actions request={request} />}
    >
      {request.phase === 'bidding' && (
        <Alert
          type="info"
          showIcon
          className="ls-form-failure"
          title={t('sealed', { quoted: count('quoted'), declined: count('declined'), n: request.suppliers.length })}
        />
      )}
      <Section title={t('name')}>
        <DetailGrid
          items={[
            { label: t('deadline'), value: formatDateTime(request.deadline) },
            { label: t('deliverTo'), value: request.deliverTo },
            { label: t('currency'), value: request.currency },
            { label: t('note'), value: formatText(request.note), wide: true },
            request.reason !== null && { label: t('reason'), value: request.reason, wide: true },
          ]}
        />
      </Section>
      <Comparison request={request} />
      <Awards request={request} />
      <Suppliers request={request} />
      <LinesSection lines={request.lines} />
      {request.phase !== 'draft' && <Questions request={request} />}
      <p className="ls-quiet so-foot">{t('filesHint')}</p>
      <Panels slot="document" props={{ entity: 'sourcing.request', recordId: request.id }} />
    </Page>
  )
}

function Suppliers({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const [params, setParams] = useSearchParams()
  const talk = request.suppliers.find((one) => one.invitationId !== null && one.invitationId === params.get('talk'))
  const open = (invitationId?: string) => setParams(invitationId ? { talk: invitationId } : {}, { replace: true })
  return (
    <Section title={t('suppliers')} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="ls-rows" tabIndex={0}>
        <table aria-label={t('suppliers')}>
          <thead>
            <tr>
              <th scope="col">{t('supplier')}</th>
              <th scope="col">{t('state')}</th>
              <th scope="col">{t('quotedAt')}</th>
              <th scope="col">{t('punctuality')}</th>
              <th scope="col" className="ls-cell-right">
                {t('total')}
              </th>
              {request.phase !== 'draft' && <th scope="col">{t('talk')}</th>}
            </tr>
          </thead>
          <tbody>
            {request.suppliers.map((one) => (
              <tr key={one.supplierId}>
                <td>{one.name}</td>
                <td>
                  {one.state ? <InvitationTag state={one.state} /> : EMPTY} <span className="ls-quiet">{one.declineReason}</span>
                </td>
                <td>{one.quotedAt ? formatDateTime(one.quotedAt) : EMPTY}</td>
                <td>
                  <Punctuality of={one.punctuality} />
                </td>
                <td className="ls-cell-right">{formatMoney(one.total)}</td>
                {one.invitationId !== null && (
                  <td>
                    <Button size="small" aria-label={t('talkWith', { name: one.name })} onClick={() => open(one.invitationId ?? undefined)}>
                      {t('talk')}
                    </Button>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="ls-quiet so-foot">{t('punctualityHint', request.punctualityOf)}</p>
      <Drawer
        open={talk !== undefined}
        title={t('talkWith', { name: talk?.name })}
        size={640}
        styles={{ wrapper: { maxWidth: '100vw' } }}
        onClose={() => open()}
        destroyOnHidden
      >
        <p className="ls-quiet">{t('talkHint')}</p>
        {talk && <Panels slot="document" props={{ entity: 'sourcing.invitation', recordId: talk.invitationId }} />}
      </Drawer>
    </Section>
  )
}

function Actions({ request }: { request: RequestDetail }) {
  const t = useWords('sourcing')
  const change = useChange()
  const { modal, message } = App.useApp()
  const mayOrder = useCan('orders.manage')
  const [open, setOpen] = useState<'extend' | 'cancel' | 'award'>()
  const close = () => setOpen(undefined)
  const params = { id: request.id }
  const may = (action: RequestDetail['actions'][number]) => request.actions.includes(action)
  const publish = () =>
    modal.confirm({
      title: t('publishTitle', { n: request.suppliers.length }),
      content: t('publishText', { deadline: formatDateTime(request.deadline) }),
      okText: t('actions.publish'),
      cancelText: t('ui:cancel'),
      onOk: () =>
        change(() => call(sourcingApi.publish, { params, body: { version: request.version } })).then(
          () => void message.success(t('published')),
          (error: unknown) => void message.error(errorText(error, t)),
        ),
    })
  return (
    <Space wrap>
      {may('change') && (
        <Link to={`/sourcing/requests/${request.id}/edit`}>
          <Button>{t('actions.edit')}</Button>
        </Link>
      )}
      {may('cancel') && (
        <Button danger onClick={() => setOpen('cancel')}>
          {t('actions.cancel')}
        </Button>
      )}
      {may('extend') && <Button onClick={() => setOpen('extend')}>{t('actions.extend')}</Button>}
      {may('publish') && (
        <Button type="primary" onClick={publish}>
          {t('actions.publish')}
        </Button>
      )}
      {may('award') && request.comparison.length > 0 && (
        <Button type="primary" onClick={() => setOpen('award')}>
          {t('actions.award')}
        </Button>
      )}
      {may('order') && mayOrder && <OrderButton request={request} />}
      <EditModal<{ deadline: Dayjs }>
        open={open === 'extend'}
        title={t('actions.extend')}
        initialValues={{ deadline: pickedOfInstant(request.deadline) }}
        fieldOfCode={{ 'sourcing.deadlineTooEarly': 'deadline' }}
        onClose={close}
        onSubmit={({ deadline }) =>
          change(() => call(sourcingApi.extend, { params, body: { version: request.version, deadline: instantOfPicked(deadline) } }))
        }
      >
        <Form.Item name="deadline" label={t('deadline')} rules={[{ required: true }]}>
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" />
        </Form.Item>
      </EditModal>
      <EditModal<{ reason: string }>
        open={open === 'cancel'}
        title={t('actions.cancel')}
        submitText={t('actions.cancel')}
        danger
        allowUnchanged
        onClose={close}
        onSubmit={({ reason }) => change(() => call(sourcingApi.cancel, { params, body: { version: request.version, reason } }))}
      >
        <Form.Item name="reason" label={t('cancelReason')} rules={[{ required: true, whitespace: true }]}>
          <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
        </Form.Item>
      </EditModal>
      <AwardDrawer request={request} open={open === 'award'} onClose={close} />
    </Space>
  )
}

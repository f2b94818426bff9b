import { Button, Form, Input, Space, Tooltip } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { ApiError, call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { type Order, ordersApi } from '../contract.ts'
import { otherSide } from '../order-states.ts'
import type { Acceptances } from './use-acceptances.ts'
import { useStep } from './use-order.ts'

const reasoned = {
  reject: { endpoint: ordersApi.reject, required: true },
  withdraw: { endpoint: ordersApi.withdraw, required: false },
  proposeCancellation: { endpoint: ordersApi.cancel, required: true },
  close: { endpoint: ordersApi.close, required: true },
  sendBack: { endpoint: undefined, required: true },
} as const
type Reasoned = keyof typeof reasoned

interface Props {
  order: Order
  editing: boolean
  onEdit: () => void
  acceptances: Acceptances
}

/** What this side may do with the order now. */
export function OrderActions({ order, editing, onEdit, acceptances }: Props) {
  const t = useWords('orders')
  const { run, keep, busy } = useStep()
  // With the order as it stood when the question came up: a renewal meanwhile is a conflict, never answered unseen.
  const [question, setQuestion] = useState<{ asked: Reasoned; order: Order }>()
  const asked = question?.asked
  const { actions, version, id } = order
  const params = { id }
  const open = order.revisions.find((revision) => revision.no === order.openRevision)
  const may = (action: Order['actions'][number]) => actions.includes(action)
  const waits = acceptances.queue.some((one) => one.orderId === id && one.revision === open?.no && !one.refused)
  const accept = (seen: Order, revision: Order['revisions'][number]) =>
    run(
      async () => {
        try {
          return await call(ordersApi.accept, { params, body: { version, revision: revision.no, hash: revision.hash } })
        } catch (error) {
          // Nobody answered: what was signed is kept and sent when somebody does.
          if (!(error instanceof ApiError && error.status === 0)) throw error
          await acceptances.accept(seen, revision)
          return undefined
        }
      },
      t('did.accept', { no: revision.no }),
    )
  const edits = (['edit', 'counter', 'amend'] as const).find(may)
  return (
    <Space wrap className="orders-actions">
      {may('accept') && open && (
        <Tooltip title={t('do.acceptHint', { no: open.no })}>
          <Button type="primary" loading={busy} disabled={waits} onClick={() => void accept(order, open)}>
            {t('do.accept')}
          </Button>
        </Tooltip>
      )}
      {may('submit') && (
        <Button
          type="primary"
          loading={busy}
          onClick={() => void run(() => call(ordersApi.submit, { params, body: { version } }), t('did.submit'))}
        >
          {t('do.submit')}
        </Button>
      )}
      {may('approve') && (
        <Button
          type="primary"
          loading={busy}
          onClick={() => void run(() => call(ordersApi.approve, { params, body: { version } }), t('did.approve'))}
        >
          {t('do.approve')}
        </Button>
      )}
      {edits && (
        <Button disabled={editing} onClick={onEdit}>
          {t(`do.${edits}`)}
        </Button>
      )}
      {may('edit') && (
        <Link to={`/orders/${id}/import`}>
          <Button>{t('import.button')}</Button>
        </Link>
      )}
      {(Object.keys(reasoned) as Reasoned[]).filter(may).map((action) => (
        <Button key={action} danger={action !== 'sendBack'} onClick={() => setQuestion({ asked: action, order })}>
          {labelOf(order, action, t)}
        </Button>
      ))}
      {asked && question && (
        <EditModal<{ reason?: string }>
          open
          title={labelOf(question.order, asked, t)}
          danger={asked !== 'sendBack'}
          allowUnchanged={!reasoned[asked].required}
          submitText={labelOf(question.order, asked, t)}
          successText={t('did.done')}
          onClose={() => setQuestion(undefined)}
          onSubmit={async ({ reason = '' }) => {
            const { endpoint } = reasoned[asked]
            const body = { version: question.order.version, reason }
            await keep(
              await (endpoint
                ? call(endpoint, { params, body })
                : call(ordersApi.sendBack, { params, body: { version: question.order.version, note: reason } })),
            )
          }}
        >
          <p>
            {t(
              `ask.${asked}${asked === 'reject' || asked === 'withdraw' ? (question.order.agreedRevision === null ? '' : 'Amendment') : ''}`,
              {
                other: t(`sides.${otherSide(question.order.side)}`),
              },
            )}
          </p>
          <Form.Item name="reason" label={t('edit.reason')} rules={[{ required: reasoned[asked].required, whitespace: true }]}>
            <Input.TextArea maxLength={300} autoSize={{ minRows: 2, maxRows: 5 }} />
          </Form.Item>
        </EditModal>
      )}
    </Space>
  )
}

const labelOf = (order: Order, action: Reasoned, t: (key: string) => string): string =>
  (action === 'reject' || action === 'withdraw') && order.agreedRevision !== null ? t(`do.${action}Amendment`) : t(`do.${action}`)

import { App, Button, Form, Input, Space } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EditModal } from '#ui/form.tsx'
import { useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { chinaDay, shiftDate } from '#values/instant.ts'
import { type Agreement, agreementApi } from '../../agreement-contract.ts'
import type { AgreementAction } from '../../agreement-states.ts'
import { useChange } from '../queries.ts'
import { CallOffDrawer } from './call-off-drawer.tsx'

const SHOWN_OF_HASH = 12

export function AgreementActions({ agreement }: { agreement: Agreement }) {
  const t = useWords('sourcing')
  const rights = { manage: useCan('sourcing.manage'), agree: useCan('sourcing.agree') }
  const mayOrder = useCan('orders.manage')
  // With the agreement as it stood when the question came up: a renewal meanwhile is a conflict, never answered unseen.
  const [question, setQuestion] = useState<{ asked: 'refuse' | 'terminate' | 'callOff'; agreement: Agreement }>()
  const ask = (asked: 'refuse' | 'terminate' | 'callOff') => setQuestion({ asked, agreement })
  const close = () => setQuestion(undefined)
  const { asked, agreement: seen } = question ?? { asked: undefined, agreement }
  const may = (action: AgreementAction, right: keyof typeof rights) => rights[right] && agreement.actions.includes(action)
  return (
    <Space wrap>
      {may('terminate', 'agree') && (
        <Button danger onClick={() => ask('terminate')}>
          {t('agreement.terminate')}
        </Button>
      )}
      {may('propose', 'agree') && (
        <Link to={`/sourcing/agreements/${agreement.id}/edit`}>
          <Button>{t(`agreement.${proposalOf(agreement)}`)}</Button>
        </Link>
      )}
      <Answers agreement={agreement} may={may} onRefuse={() => ask('refuse')} />
      {may('callOff', 'manage') && mayOrder && (
        <Button type="primary" onClick={() => ask('callOff')}>
          {t('agreement.callOff')}
        </Button>
      )}
      <Reason agreement={seen} open={asked} onClose={close} />
      <CallOffDrawer agreement={seen} open={asked === 'callOff'} onClose={close} />
    </Space>
  )
}

const proposalOf = ({ turn, side, agreedRevision }: Agreement) =>
  turn === side ? 'counter' : agreedRevision === null ? 'repropose' : 'amend'

interface AnswerProps {
  agreement: Agreement
  may: (action: AgreementAction, right: 'manage' | 'agree') => boolean
  onRefuse: () => void
}

function Answers({ agreement, may, onRefuse }: AnswerProps) {
  const t = useWords('sourcing')
  const change = useChange()
  const { modal, message } = App.useApp()
  const params = { id: agreement.id }
  const { version, openRevision } = agreement
  const revision = agreement.revisions.find((one) => one.no === openRevision)
  const fail = (error: unknown) => void message.error(errorText(error, t))
  const sign = () =>
    modal.confirm({
      title: t('agreement.signTitle', { no: openRevision }),
      content: t('agreement.signText', { hash: revision?.hash.slice(0, SHOWN_OF_HASH) }),
      okText: t('agreement.sign'),
      cancelText: t('ui:cancel'),
      onOk: () =>
        change(() => call(agreementApi.sign, { params, body: { version, revision: revision?.no ?? 0, hash: revision?.hash ?? '' } })).then(
          () => void message.success(t('agreement.signed')),
          fail,
        ),
    })
  const withdraw = () =>
    modal.confirm({
      title: t('agreement.withdrawTitle', { no: openRevision }),
      okText: t('agreement.withdraw'),
      cancelText: t('ui:cancel'),
      onOk: () => change(() => call(agreementApi.withdraw, { params, body: { version } })).then(() => undefined, fail),
    })
  return (
    <>
      {may('withdraw', 'agree') && <Button onClick={withdraw}>{t('agreement.withdraw')}</Button>}
      {may('refuse', 'agree') && <Button onClick={onRefuse}>{t('agreement.refuse')}</Button>}
      {may('sign', 'agree') && (
        <Button type="primary" onClick={sign}>
          {t('agreement.sign')}
        </Button>
      )}
    </>
  )
}

/** What needs a reason. */
function Reason({ agreement, open, onClose }: { agreement: Agreement; open: string | undefined; onClose: () => void }) {
  const t = useWords('sourcing')
  const change = useChange()
  const action = open === 'terminate' ? 'terminate' : 'refuse'
  const { version, content } = agreement
  const day = shiftDate(chinaDay(new Date(nowMs())), content.noticeDays)
  return (
    <EditModal<{ reason: string }>
      open={open === 'refuse' || open === 'terminate'}
      title={t(`agreement.${action}`)}
      submitText={t(`agreement.${action}`)}
      danger={action === 'terminate'}
      allowUnchanged
      onClose={onClose}
      onSubmit={({ reason }) => change(() => call(agreementApi[action], { params: { id: agreement.id }, body: { version, reason } }))}
    >
      {action === 'terminate' && <p>{t('agreement.terminateText', { days: content.noticeDays, day })}</p>}
      <Form.Item
        name="reason"
        label={t(`agreement.${action}Reason`)}
        rules={[{ required: true, whitespace: true, message: t('required') }]}
      >
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
    </EditModal>
  )
}

import { Button, Form, Input, Radio } from 'antd'
import { useState } from 'react'
import { call } from '#ui/api.ts'
import { EditModal } from '#ui/form.tsx'
import { formatQuantity } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { StatusTag, type Tone } from '#ui/page.tsx'
import { unitName } from '#values/units.ts'
import type { OrderId, ScheduleLineId } from '../contract.ts'
import { type Expedite, type ExpediteState, expediteApi } from '../expedite-contract.ts'
import { DayField } from './day-field.tsx'
import { useExpedites } from './queries.ts'

const tones: Record<ExpediteState, Tone> = { asked: 'warning', promised: 'good', refused: 'bad', withdrawn: 'neutral' }

export function ExpediteTag({ state }: { state: ExpediteState }) {
  const t = useWords('orders')
  return <StatusTag tone={tones[state]}>{t(`expedite.states.${state}`)}</StatusTag>
}

/** A delivery that may be asked for. */
export interface Askable {
  id: ScheduleLineId
  orderId: OrderId
  orderNumber: string
  lineNo: number
  material: string
  unit: string
  left: string
  dueDay: string
}

/** The buyer's: on which day he wants it, and why. */
export function AskExpedite({ delivery, onClose }: { delivery: Askable; onClose: () => void }) {
  const t = useWords('orders')
  const english = useLocale() === 'en-US'
  const renew = useExpedites()
  return (
    <EditModal<{ wantedDay: string; reason: string }>
      open
      title={t('expedite.askTitle', { order: delivery.orderNumber, line: delivery.lineNo })}
      submitText={t('expedite.ask')}
      successText={t('expedite.asked')}
      fieldOfCode={{ 'orders.dayPassed': 'wantedDay' }}
      onClose={onClose}
      onSubmit={async ({ wantedDay, reason }) => {
        await call(expediteApi.ask, { body: { scheduleLineId: delivery.id, wantedDay, reason } })
        await renew(delivery.orderId)
      }}
    >
      <p>
        {t('expedite.askText', {
          material: delivery.material,
          day: delivery.dueDay,
          quantity: formatQuantity(delivery.left, unitName(delivery.unit, english)),
        })}
      </p>
      <Form.Item name="wantedDay" label={t('expedite.wantedDay')} rules={[{ required: true, message: t('expedite.needed') }]}>
        <DayField label={t('expedite.wantedDay')} />
      </Form.Item>
      <Form.Item name="reason" label={t('expedite.reason')} rules={[{ required: true, whitespace: true, message: t('expedite.needed') }]}>
        <Input.TextArea maxLength={300} placeholder={t('expedite.reasonExample')} autoSize={{ minRows: 2, maxRows: 5 }} />
      </Form.Item>
    </EditModal>
  )
}

/** The supplier's: a day, or why not. */
function AnswerExpedite({ expedite, onClose }: { expedite: Expedite; onClose: () => void }) {
  const t = useWords('orders')
  const renew = useExpedites()
  const [refuses, setRefuses] = useState(false)
  const { id, version } = expedite
  return (
    <EditModal<{ day?: string; note?: string; reason?: string }>
      open
      title={t('expedite.answerTitle', { order: expedite.orderNumber, line: expedite.lineNo })}
      submitText={t('expedite.answer')}
      successText={t('expedite.answered')}
      initialValues={{ day: expedite.wantedDay }}
      allowUnchanged
      fieldOfCode={{ 'orders.dayPassed': 'day' }}
      onClose={onClose}
      onSubmit={async ({ day = '', note = '', reason = '' }) => {
        const params = { id }
        await (refuses
          ? call(expediteApi.refuse, { params, body: { version, reason } })
          : call(expediteApi.promise, { params, body: { version, day, note } }))
        await renew(expedite.orderId)
      }}
    >
      <p>
        {t('expedite.wantedDay')} <strong>{expedite.wantedDay}</strong> · {t('expedite.due')} {expedite.dueDay}
        <br />
        <span className="ls-quiet">
          {expedite.askedBy}: {expedite.reason}
        </span>
      </p>
      <Radio.Group
        className="orders-answers"
        value={refuses}
        onChange={(event) => setRefuses(event.target.value as boolean)}
        options={[
          { value: false, label: t('expedite.promise') },
          { value: true, label: t('expedite.refuse') },
        ]}
      />
      {refuses ? (
        <Form.Item
          name="reason"
          label={t('expedite.refuseReason')}
          rules={[{ required: true, whitespace: true, message: t('expedite.needed') }]}
        >
          <Input.TextArea maxLength={300} autoSize={{ minRows: 2, maxRows: 5 }} />
        </Form.Item>
      ) : (
        <>
          <Form.Item name="day" label={t('expedite.promisedDay')} rules={[{ required: true, message: t('expedite.needed') }]}>
            <DayField label={t('expedite.promisedDay')} />
          </Form.Item>
          <Form.Item name="note" label={t('expedite.note')}>
            <Input.TextArea maxLength={300} autoSize={{ minRows: 2, maxRows: 5 }} />
          </Form.Item>
          <p className="ls-quiet">{t('expedite.promiseText')}</p>
        </>
      )}
    </EditModal>
  )
}

/** What the own side may do with it. */
export function ExpediteActions({ expedite }: { expedite: Expedite }) {
  const t = useWords('orders')
  const renew = useExpedites()
  const [answers, setAnswers] = useState(false)
  const [asks, setAsks] = useState(false)
  if (expedite.state !== 'asked') return null
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: keeps a click in its windows from opening the row
    <span onClick={(event) => event.stopPropagation()}>
      {expedite.side === 'supplier' ? (
        <Button size="small" type="primary" onClick={() => setAnswers(true)}>
          {t('expedite.answer')}
        </Button>
      ) : (
        <Button size="small" onClick={() => setAsks(true)}>
          {t('expedite.withdraw')}
        </Button>
      )}
      {answers && <AnswerExpedite expedite={expedite} onClose={() => setAnswers(false)} />}
      {asks && (
        <EditModal<object>
          open
          title={t('expedite.withdraw')}
          submitText={t('expedite.withdraw')}
          successText={t('expedite.withdrawn')}
          allowUnchanged
          onClose={() => setAsks(false)}
          onSubmit={async () => {
            await call(expediteApi.withdraw, { params: { id: expedite.id }, body: { version: expedite.version } })
            await renew(expedite.orderId)
          }}
        >
          <p>
            {expedite.materialCode} {expedite.materialName} · {expedite.wantedDay}
          </p>
        </EditModal>
      )}
    </span>
  )
}

/** What was answered, in a few words. */
export function ExpediteAnswer({ expedite }: { expedite: Expedite }) {
  const t = useWords('orders')
  return (
    <>
      <ExpediteTag state={expedite.state} />
      {expedite.promisedDay !== null && <div>{t('expedite.shownPromised', { day: expedite.promisedDay })}</div>}
      {expedite.answer && <div className="ls-quiet">{expedite.answer}</div>}
      {expedite.state === 'promised' && expedite.promisedDay !== expedite.dueDay && (
        <div className="ls-quiet">
          {expedite.revision === null ? t('expedite.answerOnly') : t('expedite.amendment', { no: expedite.revision })}
        </div>
      )}
    </>
  )
}

import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Alert, Button, DatePicker, Form, Input } from 'antd'
import type { Dayjs } from 'dayjs'
import { call } from '#ui/api.ts'
import { EditDrawer, schemaRule } from '#ui/form.tsx'
import { formatQuantity } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { PositiveText } from '#values/decimal.ts'
import { type Agreement, agreementApi, MAX_SLOTS } from '../../agreement-contract.ts'
import { useChange } from '../queries.ts'
import { useUnitName } from '../sourcing-words.tsx'

interface Slot {
  day?: Dayjs | null
  quantity?: string
}
interface Values {
  /** By line, in the agreement's order. */
  lines: { slots: Slot[] }[]
  note?: string
}

const filled = (slots: readonly Slot[] | undefined) => (slots ?? []).filter((slot) => slot.day || slot.quantity)

/** Days and quantities; they become an order at the agreed prices. */
export function CallOffDrawer({ agreement, open, onClose }: { agreement: Agreement; open: boolean; onClose: () => void }) {
  const t = useWords('sourcing')
  const change = useChange()
  const { lines } = agreement.content
  return (
    <EditDrawer<Values>
      open={open}
      title={t('agreement.callOffTitle')}
      submitText={t('agreement.callOff')}
      successText={t('agreement.callOffDone')}
      width={560}
      initialValues={{ lines: lines.map(() => ({ slots: [{}] })) }}
      onClose={onClose}
      onSubmit={(values) =>
        change(() =>
          call(agreementApi.callOff, {
            params: { id: agreement.id },
            body: {
              version: agreement.version,
              note: values.note ?? '',
              lines: lines.flatMap(({ no }, i) => {
                const slots = filled(values.lines[i]?.slots)
                return slots.length === 0
                  ? []
                  : [
                      {
                        no,
                        schedule: slots.map(({ day, quantity }) => ({ day: day?.format('YYYY-MM-DD') ?? '', quantity: quantity ?? '' })),
                      },
                    ]
              }),
            },
          }),
        )
      }
    >
      <Alert type="info" showIcon className="ls-form-failure" title={t('agreement.callOffHint')} />
      {lines.map((line, i) => (
        <Slots key={line.no} agreement={agreement} at={i} />
      ))}
      <Form.Item name="note" label={t('note')}>
        <Input.TextArea maxLength={500} autoSize={{ minRows: 2 }} />
      </Form.Item>
      <Form.Item
        name="some"
        noStyle
        dependencies={['lines']}
        rules={[
          ({ getFieldValue }) => ({
            validator: async () =>
              (getFieldValue('lines') as Values['lines']).some((line) => filled(line.slots).length > 0)
                ? undefined
                : Promise.reject(new Error(t('agreement.callOffNothing'))),
          }),
        ]}
      >
        <input type="hidden" />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldError }) => getFieldError('some').map((text) => <Alert key={text} type="error" title={text} />)}
      </Form.Item>
    </EditDrawer>
  )
}

function Slots({ agreement, at }: { agreement: Agreement; at: number }) {
  const t = useWords('sourcing')
  const unit = useUnitName()
  const line = agreement.content.lines[at]
  const sum = agreement.cumulative.find((one) => one.no === line?.no)
  if (!line) return null
  return (
    <div className="so-bid-line">
      <b>
        {line.no}. {line.code} {line.name}
      </b>
      <div className="ls-quiet">
        {t('agreement.calledOff')} {formatQuantity(sum?.calledOff)} · {t('agreement.received')} {formatQuantity(sum?.received)} ·{' '}
        {t('agreement.left')} {sum?.left === null ? t('agreement.noTarget') : formatQuantity(sum?.left)} {unit(line.unit)}
      </div>
      <Form.List name={['lines', at, 'slots']}>
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => (
              <Form.Item key={field.key} noStyle dependencies={[['lines', at, 'slots', field.name]]}>
                {({ getFieldValue }) => {
                  const slot = getFieldValue(['lines', at, 'slots', field.name]) as Slot | undefined
                  return (
                    <div className="so-slot">
                      <Form.Item
                        name={[field.name, 'day']}
                        label={t('agreement.slotDay')}
                        rules={[{ required: Boolean(slot?.quantity), message: t('required') }]}
                      >
                        <DatePicker className="so-wide" />
                      </Form.Item>
                      <Form.Item
                        name={[field.name, 'quantity']}
                        label={t('agreement.slotQuantity')}
                        rules={[{ required: Boolean(slot?.day), message: t('required') }, schemaRule(PositiveText, t)]}
                      >
                        <Input suffix={unit(line.unit)} inputMode="decimal" maxLength={20} autoComplete="off" />
                      </Form.Item>
                      <Form.Item label=" ">
                        <Button
                          icon={<DeleteOutlined aria-hidden />}
                          aria-label={t('agreement.removeSlot')}
                          disabled={fields.length === 1}
                          onClick={() => remove(field.name)}
                        />
                      </Form.Item>
                    </div>
                  )
                }}
              </Form.Item>
            ))}
            <Button size="small" icon={<PlusOutlined aria-hidden />} disabled={fields.length >= MAX_SLOTS} onClick={() => add({})}>
              {t('agreement.addSlot')}
            </Button>
          </>
        )}
      </Form.List>
    </div>
  )
}

import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Input, Tooltip } from 'antd'
import { formatQuantity } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { DayField } from './day-field.tsx'
import { readQuantity } from './order-words.tsx'
import { sumText, type TypedDelivery } from './proposal-form.ts'

interface Props {
  label: string
  unit: string
  schedule: readonly TypedDelivery[]
  onChange: (schedule: TypedDelivery[]) => void
  /** Beside the fields: what stands now, and how it differs. */
  before?: (delivery: TypedDelivery) => { text: string; quantity: boolean; day: boolean; isNew: boolean; needsReason: boolean } | undefined
  withReason: boolean
  problem?: ((index: number) => string | undefined) | undefined
}

let keys = 0
export const newDelivery = (day: string, quantity = ''): TypedDelivery => ({ key: `n${++keys}`, no: null, quantity, day, reason: '' })

/** The deliveries of a line as fields: quantity, day and, for the supplier, the reason. */
export function DeliveryFields({ label, unit, schedule, onChange, before, withReason, problem }: Props) {
  const t = useWords('orders')
  const change = (key: string, part: Partial<TypedDelivery>) =>
    onChange(schedule.map((one) => (one.key === key ? { ...one, ...part } : one)))
  return (
    <div className="orders-deliveries">
      {schedule.map((delivery, i) => {
        const was = before?.(delivery)
        const wrong = problem?.(i)
        return (
          <div
            key={delivery.key}
            className="orders-delivery"
            data-changed={was && (was.quantity || was.day || was.isNew) ? true : undefined}
          >
            {before && <span className="orders-before">{was?.text}</span>}
            <Input
              aria-label={`${label} ${t('edit.quantity')} ${i + 1}`}
              className="orders-quantity"
              inputMode="decimal"
              value={delivery.quantity}
              suffix={unit}
              status={delivery.quantity !== '' && readQuantity(delivery.quantity) <= 0n ? 'error' : ''}
              data-mark={was?.quantity ? 'changed' : undefined}
              onChange={(event) => change(delivery.key, { quantity: event.target.value })}
            />
            <DayField label={`${label} ${t('edit.day')} ${i + 1}`} value={delivery.day} onChange={(day) => change(delivery.key, { day })} />
            {withReason && (
              <Input
                aria-label={`${label} ${t('edit.reason')} ${i + 1}`}
                className="orders-reason"
                placeholder={was?.needsReason ? t('edit.reasonNeeded') : t('edit.reason')}
                status={was?.needsReason ? 'warning' : ''}
                maxLength={300}
                value={delivery.reason}
                onChange={(event) => change(delivery.key, { reason: event.target.value })}
              />
            )}
            <Tooltip title={schedule.length === 1 ? t('edit.lastDelivery') : t('edit.removeDelivery')}>
              <Button
                aria-label={`${t('edit.removeDelivery')} ${i + 1}`}
                icon={<DeleteOutlined aria-hidden />}
                disabled={schedule.length === 1}
                onClick={() => onChange(schedule.filter((one) => one.key !== delivery.key))}
              />
            </Tooltip>
            {wrong && (
              <span role="alert" className="orders-late">
                {wrong}
              </span>
            )}
          </div>
        )
      })}
      <div className="orders-delivery-foot">
        <Button
          size="small"
          icon={<PlusOutlined aria-hidden />}
          onClick={() => onChange([...schedule, newDelivery(schedule.at(-1)?.day ?? '')])}
        >
          {t('edit.split')}
        </Button>
        {schedule.length > 1 && <span className="ls-quiet">{t('lines.sum', { total: formatQuantity(sumText(schedule), unit) })}</span>}
      </div>
    </div>
  )
}

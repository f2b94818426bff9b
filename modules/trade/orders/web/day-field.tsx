import { DatePicker } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { nowMs } from '#ui/clock.ts'
import { formatDate } from '#ui/format.ts'

interface Props {
  value?: string
  onChange?: (day: string) => void
  label: string
  invalid?: boolean
  id?: string
}

const past = (date: Dayjs) => date.format('YYYY-MM-DD') < formatDate(nowMs())

/** A calendar day from today on. */
export const DayField = ({ value, onChange, label, invalid, id }: Props) => (
  <DatePicker
    {...(id ? { id } : {})}
    aria-label={label}
    className="orders-day"
    allowClear={false}
    disabledDate={past}
    {...(invalid ? { status: 'error' as const } : {})}
    value={value ? dayjs(value) : null}
    onChange={(date) => onChange?.(date ? date.format('YYYY-MM-DD') : '')}
  />
)

import { DatePicker, Form } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { nowMs } from '#ui/clock.ts'
import { DEFAULT_ZONE, formatDate } from '#ui/format.ts'
import { instantMsOfWall, wallMs } from '#values/instant.ts'

/** What a picker shows for an instant: the clock of the pages' zone, wherever the browser stands. */
export const pickerTime = (ms: number, zone: string = DEFAULT_ZONE): Dayjs =>
  dayjs(new Date(wallMs(ms, zone)).toISOString().slice(0, 19).replace('T', ' '))

/** The instant that a picker's clock means. */
export const instantOf = (time: Dayjs, zone: string = DEFAULT_ZONE): string =>
  new Date(instantMsOfWall(Date.parse(`${time.format('YYYY-MM-DDTHH:mm:ss')}Z`), zone)).toISOString()

const notLater = (date: Dayjs) => date.format('YYYY-MM-DD') > formatDate(nowMs())

/** An instant in the past, to the second: two things may happen within a minute. */
export function InstantField({ name, label, extra }: { name: string; label: string; extra?: string }) {
  return (
    <Form.Item name={name} label={label} {...(extra ? { extra } : {})} rules={[{ required: true }]}>
      <DatePicker showTime format="YYYY-MM-DD HH:mm:ss" disabledDate={notLater} allowClear={false} needConfirm={false} />
    </Form.Item>
  )
}

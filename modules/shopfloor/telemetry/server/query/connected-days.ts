import type { ClickHouse } from '#kernel/clickhouse.ts'
import type { ConnectionSource } from '#kernel/connections.ts'

/** Hours in which at least one sample was good or uncertain; the open hour is not among them. */
const VALID_HOURS = `from rollup_hour where org_no = {orgNo:UInt32} and n > n_bad`
const DAY = `toDate(start, 'Asia/Shanghai')`

/** Days on which a device of the organisation sent something valid: from the sums by hour, some 20 ms for 500 points. */
export const deviceDays = (clickhouse: ClickHouse): ConnectionSource => ({
  way: 'device',
  days: async (ctx, from, until) => {
    const rows = await clickhouse.query<{ day: string }>(
      ctx,
      `select distinct toString(${DAY}) as day ${VALID_HOURS}
         and start >= toDateTime({from:String}, 'Asia/Shanghai') and start < toDateTime({until:String}, 'Asia/Shanghai') + interval 1 day
       order by day`,
      { from: `${from} 00:00:00`, until: `${until} 00:00:00` },
    )
    return rows.map((row) => row.day)
  },
  firstDay: async (ctx) => {
    const [row] = await clickhouse.query<{ day: string; hours: number }>(
      ctx,
      `select toString(min(${DAY})) as day, count() as hours ${VALID_HOURS}`,
    )
    return row && row.hours > 0 ? row.day : null
  },
})

import { DownOutlined, RightOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { nowMs } from '#ui/clock.ts'
import { formatAge, formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, StatusTag } from '#ui/page.tsx'
import type { Alarm, AlarmFlood } from '../contract.ts'
import { AlarmValue, FirstOutTag, PriorityTag, StateTag } from './alarm-words.tsx'
import { alarmQueries } from './queries.ts'

interface Acknowledging {
  busy: boolean
  /** Undefined: he may not. */
  acknowledge: ((alarms: readonly Alarm[]) => Promise<void>) | undefined
}

/** Alarms of a flood as one row each: its first-out, how many, of which devices; unfolded they are as any other. */
export function FloodRows(acknowledging: Acknowledging) {
  const { data } = useQuery(alarmQueries.floods)
  if (!data || data.items.length === 0) return null
  return (
    <ul className="al-floods">
      {data.items.map((flood) => (
        <FloodRow key={flood.id} flood={flood} {...acknowledging} />
      ))}
    </ul>
  )
}

function FloodRow({ flood, ...acknowledging }: { flood: AlarmFlood } & Acknowledging) {
  const t = useWords('alarms')
  const locale = useLocale()
  const [open, setOpen] = useState(false)
  const { first } = flood
  const runs = Date.parse(flood.endsAt) > nowMs()
  const devices = flood.devices.map((device) => t('flood.device', { name: nameIn(locale, device.name, device.nameEn), n: device.standing }))
  const others = flood.deviceCount - flood.devices.length
  return (
    <li className="al-flood">
      <Button
        type="text"
        size="small"
        aria-expanded={open}
        aria-label={t(open ? 'flood.fold' : 'flood.unfold')}
        icon={open ? <DownOutlined aria-hidden /> : <RightOutlined aria-hidden />}
        onClick={() => setOpen(!open)}
      />
      <div>
        <div className="al-flood-line">
          <StatusTag tone={runs ? 'bad' : 'warning'} hint={t('flood.hint')}>
            {t(runs ? 'flood.runs' : 'flood.over')}
          </StatusTag>
          <strong>{t('flood.counts', { n: formatNumber(flood.standing), unacknowledged: formatNumber(flood.unacknowledged) })}</strong>
          <span className="ls-quiet">
            {formatDateTimeSeconds(flood.begunAt).slice(5)} {formatAge(flood.begunAt, nowMs(), t)} ·{' '}
            {t('flood.raised', { n: flood.raised })}
          </span>
        </div>
        <p className="al-flood-line">
          <FirstOutTag hint={t('flood.firstHint')} />
          <PriorityTag priority={first.priority} />
          <Link to={`/alarms/${first.id}`}>{nameIn(locale, first.name, first.nameEn)}</Link>
          <span>{nameIn(locale, first.deviceName, first.deviceNameEn)}</span>
        </p>
        {devices.length > 0 && (
          <p className="ls-quiet">
            {devices.join(t('listComma'))}
            {others > 0 && t('flood.others', { n: others })}
          </p>
        )}
        {open && <FloodAlarms flood={flood} {...acknowledging} />}
      </div>
    </li>
  )
}

function FloodAlarms({ flood, busy, acknowledge }: { flood: AlarmFlood } & Acknowledging) {
  const t = useWords('alarms')
  const locale = useLocale()
  const query = useQuery(alarmQueries.ofFlood(flood.id))
  return (
    <Loaded query={query}>
      {({ items, total }) => {
        const open = items.filter((alarm) => alarm.may.includes('acknowledge'))
        return (
          <>
            {acknowledge && open.length > 0 && (
              <Button type="primary" disabled={busy} onClick={() => void acknowledge(open)}>
                {t('acknowledgeAll', { n: open.length })}
              </Button>
            )}
            {items.map((alarm) => (
              <div key={alarm.id} className="al-device-row">
                <PriorityTag priority={alarm.priority} />
                <Link to={`/alarms/${alarm.id}`}>{nameIn(locale, alarm.name, alarm.nameEn)}</Link>
                <span>{nameIn(locale, alarm.deviceName, alarm.deviceNameEn)}</span>
                <StateTag state={alarm.state} />
                <AlarmValue value={alarm.value} point={alarm.point} />
                <span className="ls-quiet">{formatDateTimeSeconds(alarm.raisedAt ?? alarm.since).slice(5)}</span>
              </div>
            ))}
            {total > items.length && <p className="ls-quiet">{t('flood.more', { n: items.length, total })}</p>}
          </>
        )
      }}
    </Loaded>
  )
}

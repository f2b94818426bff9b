import { useQueryClient } from '@tanstack/react-query'
import { App, Button } from 'antd'
import { Link } from 'react-router'
import { call, errorText } from '#ui/api.ts'
import { nowMs } from '#ui/clock.ts'
import { EMPTY, formatDateTime, formatNumber } from '#ui/format.ts'
import { nameIn, useLocale, useWords, type Words } from '#ui/i18n.ts'
import { Loaded, Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { type Device, type DevicePoint, devicesApi } from '../contract.ts'

/** The first binding of a measuring point reaches back to here; a page does not call that a date. */
export const HISTORY_BEGINS = Date.parse('2000-01-01T00:00:00Z')

export const sinceText = (from: string, t: Words): string =>
  Date.parse(from) <= HISTORY_BEGINS ? t('sinceBeginning') : t('since', { at: formatDateTime(from) })

export function rangeText(p: Pick<DevicePoint, 'min' | 'max' | 'unit'>): string {
  if (p.min === null && p.max === null) return EMPTY
  const side = (n: number | null, open: string) => (n === null ? open : formatNumber(n))
  return `${side(p.min, '−∞')} ~ ${side(p.max, '+∞')}${p.unit ? ` ${p.unit}` : ''}`
}

interface Query {
  data: { points: DevicePoint[] } | undefined
  error: unknown
  refetch: () => unknown
}

export function DevicePoints({ device, own, points }: { device: Device; own: NonNullable<Device['own']>; points: Query }) {
  const t = useWords('devices')
  return (
    <Section title={t('points')} flush extra={<Link to={`/devices/measuring-points?deviceId=${device.id}`}>{t('measuringPointsOf')}</Link>}>
      <Loaded query={points}>
        {(data) => (
          <>
            <UnboundNote device={device} own={own} points={data.points} />
            <PointTable points={data.points} />
          </>
        )}
      </Loaded>
    </Section>
  )
}

function PointTable({ points }: { points: readonly DevicePoint[] }) {
  const t = useWords('devices')
  const locale = useLocale()
  return (
    <div className="ls-rows">
      <table aria-label={t('points')}>
        <thead>
          <tr>
            {(['label', 'pointName', 'kind', 'valueType', 'range', 'access', 'measuringPoint'] as const).map((key) => (
              <th key={key} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.map((p) => (
            <tr key={p.id}>
              <td>{nameIn(locale, p.label, p.labelEn)}</td>
              <td>
                <code>{p.name}</code>
              </td>
              <td>{t(`kinds.${p.kind}`)}</td>
              <td>
                {t(`valueTypes.${p.valueType}`)}
                {p.unit && <span className="ls-quiet"> {p.unit}</span>}
              </td>
              <td
                title={
                  p.states
                    ? Object.entries(p.states)
                        .map(([code, label]) => `${code} = ${label}`)
                        .join('\n')
                    : undefined
                }
              >
                {p.states ? Object.values(p.states).join('、') : rangeText(p)}
              </td>
              <td>{t(`accesses.${p.access}`)}</td>
              <td>
                {p.measuringPoint ? (
                  <span title={sinceText(p.measuringPoint.since, t)}>{p.measuringPoint.code}</span>
                ) : (
                  <StatusTag tone="warning">{t('unbound')}</StatusTag>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A device whose measuring points went to its successor needs new ones when it is put to use again. */
function UnboundNote({ device, own, points }: { device: Device; own: NonNullable<Device['own']>; points: readonly DevicePoint[] }) {
  const t = useWords('devices')
  const canManage = useCan('devices.manage')
  const client = useQueryClient()
  const { message } = App.useApp()
  const unbound = points.filter((p) => p.measuringPoint === null)
  if (unbound.length === 0 || own.status === 'retired') return null
  const add = async () => {
    try {
      const { added } = await call(devicesApi.addMeasuringPoints, {
        params: { id: device.id },
        body: { pointNames: unbound.map((p) => p.name), from: new Date(nowMs()).toISOString() },
      })
      void message.success(t('measuringPointsAdded', { n: added }))
    } catch (error) {
      void message.error(errorText(error, t))
    }
    await client.invalidateQueries({ queryKey: ['devices'] })
  }
  return (
    <div className="dv-note">
      <span>{t('unboundNote', { n: unbound.length })}</span>
      {canManage && <Button onClick={() => void add()}>{t('addMeasuringPoints')}</Button>}
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { type DeviceId, devicesApi } from '#modules/shopfloor/devices/contract.ts'
import { call } from '#ui/api.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import type { UnitStatus } from '../contract.ts'
import { useCodeText } from './reason-words.ts'

/** The points of a device that cannot be read, by the names people know, each with its reason. */
export function BadPoints({ deviceId, bad: faults }: { deviceId: DeviceId; bad: UnitStatus['badAddresses'] }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const words = useCodeText()
  const bad = faults.filter(({ quality }) => quality === undefined || quality.startsWith('bad'))
  const points = useQuery({
    queryKey: ['devices', 'points', deviceId],
    queryFn: ({ signal }) => call(devicesApi.points, { params: { id: deviceId }, signal }),
    enabled: bad.length > 0,
  })
  if (bad.length === 0) return null
  const labels = new Map(points.data?.points.map((point) => [point.name, nameIn(locale, point.label, point.labelEn)]))
  return (
    <details>
      <summary>{t('badAddresses', { n: bad.length })}</summary>
      <ul>
        {bad.map((one) => (
          <li key={one.name}>
            {labels.get(one.name) ?? one.name}：{words(one.reason)}
          </li>
        ))}
      </ul>
    </details>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { PlantNodeId } from '#modules/shopfloor/plant/contract.ts'
import { call } from '#ui/api.ts'
import { formatNumber } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { Section, StatusTag } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { TOTAL_LIMIT } from '#values/list.ts'
import { devicesApi } from '../contract.ts'
import { deviceName, statusTones, typeName } from './queries.ts'
import './devices.css'

const SHOWN = 10

/** On the plant's page: what stands at a place and below it. */
export function Component({ nodeId, brief = false }: { nodeId: string; brief?: boolean }) {
  const t = useWords('devices')
  const locale = useLocale()
  const canRead = useCan('devices.read')
  const query = useQuery({
    queryKey: ['devices', 'at', nodeId],
    queryFn: ({ signal }) => call(devicesApi.list, { query: { nodeId: PlantNodeId.parse(nodeId), limit: SHOWN }, signal }),
    enabled: canRead,
  })
  if (!canRead || !query.data) return null
  const { items, total, totalCapped } = query.data
  const count = t(totalCapped ? 'devicesHereMany' : 'devicesHere', { n: formatNumber(totalCapped ? TOTAL_LIMIT : total) })
  if (brief) return <p>{count}</p>
  return (
    <Section title={t('menu.devices')} extra={<Link to={`/devices?nodeId=${nodeId}`}>{t('showAll')}</Link>}>
      <p className="ls-quiet">{count}</p>
      <ul className="dv-plain">
        {items.map((device) => (
          <li key={device.id}>
            <Link to={`/devices/${device.id}`}>{deviceName(device, locale)}</Link>{' '}
            <span className="ls-quiet">
              {device.own?.code} · {typeName(device, locale)}
            </span>{' '}
            {device.own && <StatusTag tone={statusTones[device.own.status]}>{t(`statuses.${device.own.status}`)}</StatusTag>}
          </li>
        ))}
      </ul>
    </Section>
  )
}

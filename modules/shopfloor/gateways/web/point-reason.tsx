import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { useNow } from '#ui/clock.ts'
import { formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { useLocale, useWords } from '#ui/i18n.ts'
import { ErrorNote } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { QualityStatus } from '#values/quality.ts'
import { explanationText, linkAddress, placeText, unitText } from './explanation-text.ts'
import { gatewayQueries } from './queries.ts'
import { FrameList } from './wire-trace.tsx'
import './gateways.css'

interface Props {
  deviceId: string
  pointName: string
  /** Of the newest value, and its time; none ever came. */
  status: QualityStatus | 'none'
  atMs: number | undefined
}

/** Beside a value that is not good: what stands between the point and its value, and what to do. */
export function Component(props: Props) {
  return useCan('gateways.read') ? <Reason {...props} /> : null
}

function Reason({ deviceId, pointName, status, atMs }: Props) {
  const t = useWords('gateways')
  const locale = useLocale()
  const now = useNow()
  const { data, error } = useQuery(gatewayQueries.explanation(deviceId, pointName))
  if (error) return <ErrorNote error={error} />
  if (!data) return <p className="ls-quiet">{t('explain.asking')}</p>
  const { what, why, code, advice } = explanationText(t, locale, data, { status, atMs }, now)
  const { source, reportedAt, shown } = data
  return (
    <div className="gw-explain" data-cause={data.cause}>
      <p>
        <strong>{what}</strong>
      </p>
      {why && <p>{t('explain.why', { why })}</p>}
      <p>{t('explain.todo', { advice })}</p>
      {shown && (code || shown.frames.length > 0) && <p>{t('explain.shown', { code })}</p>}
      {shown && shown.frames.length > 0 && <FrameList frames={shown.frames} label={t('explain.shown', { code })} />}
      {source && (
        <p className="ls-quiet">
          {t('explain.read', {
            link: source.link.name,
            address: linkAddress(source.link.connection),
            unit: unitText(locale, source),
          })}
          {source.place && ` ${placeText(locale, source)}`}
          {source.periodMs !== null && ` · ${t('explain.period', { s: formatNumber(source.periodMs / 1_000) })}`}
        </p>
      )}
      {source && (
        <p className="ls-quiet">
          <Link to={`/gateways/${source.gateway.id}`}>{t('explain.openGateway')}</Link>
          {' · '}
          <Link to={`/gateways/point-tables/${source.pointTableId}`}>{t('explain.openTable')}</Link>
          {reportedAt && ` · ${t('explain.reported', { at: formatDateTimeSeconds(reportedAt).slice(5) })}`}
        </p>
      )}
    </div>
  )
}

import { useQuery } from '@tanstack/react-query'
import { apiUrl } from '#ui/api.ts'
import { formatBytes, formatDateTimeSeconds, formatNumber } from '#ui/format.ts'
import { useWords } from '#ui/i18n.ts'
import { Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import { telemetryApi } from '../contract.ts'
import { telemetryQueries } from './queries.ts'
import './telemetry.css'

/** The newest waveforms of one's own device; nothing where there is none. */
export function Component({ deviceId, ownerId }: { deviceId: string; ownerId?: string }) {
  return ownerId === undefined ? <Waveforms deviceId={deviceId} /> : null
}

function Waveforms({ deviceId }: { deviceId: string }) {
  const t = useWords('telemetry')
  const canRead = useCan('telemetry.read')
  const canExport = useCan('telemetry.export')
  const { data } = useQuery({ ...telemetryQueries.waveforms(deviceId), enabled: canRead })
  if (!data || data.total === 0) return null
  return (
    <Section title={t('waveforms.title')}>
      <p className="ls-quiet">
        {t('waveforms.total', { n: formatNumber(data.total), size: formatBytes(data.bytes), shown: data.waveforms.length })}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="tm-scroll" tabIndex={0} aria-label={t('waveforms.title')}>
        <table className="tm-days">
          <thead>
            <tr>
              <th scope="col">{t('waveforms.point')}</th>
              <th scope="col">{t('waveforms.at')}</th>
              <th scope="col">{t('waveforms.rate')}</th>
              <th scope="col">{t('waveforms.samples')}</th>
              <th scope="col">{t('waveforms.size')}</th>
              {canExport && <th scope="col">{t('waveforms.file')}</th>}
            </tr>
          </thead>
          <tbody>
            {data.waveforms.map((one) => (
              <tr key={one.id}>
                <td>
                  {one.point}
                  {one.unit && ` (${one.unit})`}
                </td>
                <td>{formatDateTimeSeconds(one.at)}</td>
                <td>{formatNumber(one.sampleRateHz, 'Hz')}</td>
                <td>{formatNumber(one.samples)}</td>
                <td>{formatBytes(one.bytes)}</td>
                {canExport && (
                  <td>
                    <a href={apiUrl(telemetryApi.waveformContent, { params: { deviceId: deviceId as never, id: one.id } })} download>
                      {t('waveforms.download')}
                    </a>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Section>
  )
}
